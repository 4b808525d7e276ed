"""Answers that are kept: when they are taken, and when the tool is asked again."""

from __future__ import annotations

from tests.unit.core.runs import Player
from tests.unit.core.test_blocks import fails, playing, ready, status, succeeds
from tests.unit.core.test_rehearsal import rehearsed, said

TWICE = """
  - {id: first, tool: stock@1, with: {sku: "${ 'A' }"}, cache: 1h}
  - {id: pause, wait: {for: 40m}}
  - {id: second, tool: stock@1, with: {sku: A}, cache: 1h}
  - {id: other, tool: stock@1, with: {sku: B}, cache: 1h}
"""
LATER = """
  - {id: third, tool: stock@1, with: {sku: A}, cache: 10m}
"""


def after_the_pause(steps: str = TWICE) -> Player:
    player = playing(steps)
    succeeds(player, "first", {"left": 3})
    player.passes(minutes=40)
    player.fires_what_is_due()
    return player


def test_an_answer_to_the_same_question_is_taken_in_the_place_of_a_call() -> None:
    player = after_the_pause()
    second = player.state.steps["second"]
    assert (second.status, second.result, second.attempts) == ("succeeded", {"left": 3}, 0)
    assert (second.scope or {})["reused"]["run"] == "r1"
    assert "step.reused" in [change.kind for change in player.changes]
    assert ready(player) == ["other"]
    assert player.folded == player.state


def test_the_step_that_takes_an_answer_says_how_old_it_may_be() -> None:
    player = after_the_pause(TWICE + LATER)
    succeeds(player, "other", {"left": 0})
    assert ready(player) == ["third"]
    succeeds(player, "third", {"left": 2})
    newest = max(player.kept.values(), key=lambda kept: kept.at)
    assert newest.result in ({"left": 2}, {"left": 0})


def test_an_answer_is_too_old_when_its_time_is_over() -> None:
    player = playing(TWICE.replace("40m", "1h"))
    succeeds(player, "first", {"left": 3})
    player.passes(hours=1)
    player.fires_what_is_due()
    assert ready(player) == ["second"]


def test_an_error_is_no_answer() -> None:
    player = playing(TWICE)
    fails(player, "first")
    assert player.kept == {}
    player.decides("first!1", "skip")
    assert player.kept == {}  # what a person gives is no answer of the tool


def test_items_that_ask_what_was_asked_before_are_looked_up_together() -> None:
    player = playing("""
  - {id: first, tool: stock@1, with: {sku: A}, cache: 1h}
  - id: lines
    each: {in: "${ ['A', 'A', 'B'] }", steps: [{id: stock, tool: stock@1, with: {sku: "${ item }"}, cache: 1h}]}
""")
    succeeds(player, "first", {"left": 3})
    assert [status(player, f"lines#{n}/stock") for n in (1, 2, 3)] == ["succeeded", "succeeded", "ready"]


def test_a_workflow_test_counts_only_what_is_called() -> None:
    text = f"workflow: w\ninput: {{type: object}}\nsteps:{TWICE}"
    expected = "{calls: [stock, stock], results: {second: {left: 3}, other: {left: 0}}}"
    test = f"tools: {{stock: [{{left: 3}}, {{left: 0}}]}}\nexpect: {expected}"
    assert said(rehearsed(test, text)) == []

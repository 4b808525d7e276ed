"""Loops, joins, errors and their time, one meaning a test."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core.effects import CancelChild
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptSucceeded,
    ChildEnded,
    DecisionTakenBack,
    PauseRequested,
    ResumeRequested,
)
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import compile_definition
from tests.unit.core.runs import ALICE, Player

LINES = """
  - id: lines
    each:
      in: ${{ input.items }}
      {more}
      steps:
        - {{id: check, tool: stock.level@1, with: {{n: "${{ item }}", at: "${{ number }}"}}}}
        - {{id: line, set: {{at: "${{ number }}", left: "${{ steps.check.left }}"}}}}
  - {{id: last, set: {{all: "${{ steps.lines }}"}}}}
"""
FORK = """
  - id: fork
    parallel:
      {more}
      branches:
        left: [{{id: one, tool: a@1}}]
        middle: [{{id: two, review: {{outcomes: [approve], assign: {{queue: q}}, sla: {{due: 1h}}}}}}]
        right: [{{id: three, tool: c@1}}]
  - {{id: last, set: {{of: "${{ steps.fork }}"}}}}
"""


def playing(steps: str) -> Player:
    """A run of these steps, started."""
    head = "workflow: w\ninput: {type: object, properties: {items: {type: array}}}\nsteps:"
    checked = check_text(head + steps, Catalogue())
    assert checked.canonical is not None, checked.faults
    player = Player(compile_definition(checked.canonical))
    player.starts()
    return player


def succeeds(player: Player, path: str, result: Any = None) -> None:
    if player.state.steps[path].status == "ready":
        player.happens(AttemptLeased(path, "worker"))
    assert player.happens(AttemptSucceeded(path, player.state.steps[path].attempts, result)) is not None


def fails(player: Player, path: str, kind: str = "permanent") -> None:
    player.happens(AttemptLeased(path, "worker"))
    error = {"class": kind, "code": "busy", "message": "The stock is busy."}
    player.happens(AttemptFailed(path, player.state.steps[path].attempts, error, "ask", 0.5))


def status(player: Player, path: str) -> str:
    return player.state.steps[path].status


def ready(player: Player) -> list[str]:
    return [path for path, step in player.state.steps.items() if step.status == "ready"]


# ---- each ----------------------------------------------------------------------------------------


def test_items_are_opened_as_others_end_and_give_their_results_in_order() -> None:
    player = playing(LINES.format(more="concurrency: 2"))
    assert ready(player) == ["lines#1/check", "lines#2/check"]
    assert player.state.steps["lines#2/check"].input == {"n": 2.0, "at": 2}
    succeeds(player, "lines#2/check", {"left": 20})
    assert ready(player) == ["lines#1/check", "lines#3/check"]
    succeeds(player, "lines#3/check", {"left": 30})
    succeeds(player, "lines#1/check", {"left": 10})
    assert player.state.status == "succeeded"
    result = [{"at": 1, "left": 10}, {"at": 2, "left": 20}, {"at": 3, "left": 30}]
    assert player.state.steps["lines"].result == result
    assert player.state.steps["last"].result == {"all": result}


def test_an_each_of_nothing_is_done_at_once() -> None:
    player = playing("\n  - {id: none, each: {in: '${ [] }', steps: [{id: a, tool: a@1}]}}")
    assert player.state.steps["none"].result == []
    assert player.state.status == "succeeded"


def test_what_is_no_list_is_an_incident() -> None:
    player = playing("\n  - {id: none, each: {in: '${ 7 }', steps: [{id: a, tool: a@1}]}}")
    assert status(player, "none") == "incident"


def test_a_named_step_gives_the_result() -> None:
    player = playing(LINES.format(more="result: check"))
    for number in (1, 2, 3):
        succeeds(player, f"lines#{number}/check", {"left": number})
    assert player.state.steps["lines"].result == [{"left": 1}, {"left": 2}, {"left": 3}]


def test_loops_in_loops_read_what_is_theirs() -> None:
    player = playing("""
  - id: outer
    each:
      in: ${ [[1, 2], [3]] }
      steps:
        - {id: sum, set: {of: "${ item.size() }"}}
        - id: inner
          each: {in: "${ item }", steps: [{id: leaf, set: {n: "${ item }", of: "${ steps.sum.of }"}}]}
""")
    assert player.state.steps["outer"].result == [[{"n": 1, "of": 2}, {"n": 2, "of": 2}], [{"n": 3, "of": 1}]]


def test_a_loop_of_another_kind_hides_neither_the_item_nor_what_was_before() -> None:
    player = playing("""
  - id: lines
    each:
      in: ${ ["a", "b"] }
      steps:
        - id: tries
          repeat:
            max: 2
            while: ${ item != "none" }
            until: ${ item == "a" || number == 2 }
            steps: [{id: try, set: {of: "${ item }", round: "${ number }", "after": "${ previous }"}}]
  - id: rounds
    repeat:
      max: 2
      until: ${ number == 2 }
      steps: [{id: pair, each: {in: "${ [1, 2] }", steps: [{id: one, set: {n: "${ item }", before: "${ previous }"}}]}}]
""")
    first = {"of": "b", "round": 1, "after": None}
    assert player.state.steps["lines"].result == [
        [{"of": "a", "round": 1, "after": None}],
        [first, {"of": "b", "round": 2, "after": first}],
    ]
    pair = [{"n": 1, "before": None}, {"n": 2, "before": None}]
    assert player.state.steps["rounds"].result == [pair, [{"n": 1, "before": pair}, {"n": 2, "before": pair}]]


def test_one_that_ends_costs_the_same_however_many_there_are() -> None:
    """No walk over the items and no list of them: what is recorded for one item does not grow."""
    sizes = {}
    for count in (10, 1_000):
        steps = "\n  - {id: many, each: {in: '${ input.items }', concurrency: 5, steps: [{id: a, tool: a@1}]}}"
        checked = check_text(f"workflow: w\ninput: {{type: object}}\nsteps:{steps}", Catalogue())
        assert checked.canonical is not None
        player = Player(compile_definition(checked.canonical))
        player.starts([float(n) for n in range(count)])
        succeeds(player, "many#1/a", {"ok": True})
        sizes[count] = [len(str(change.data)) for change in player.made[-1].changes]
    assert len(sizes[10]) == len(sizes[1_000])
    assert sum(sizes[1_000]) < sum(sizes[10]) + 20


# ---- joins and errors ----------------------------------------------------------------------------


def test_the_first_branch_that_is_done_cancels_the_others() -> None:
    player = playing(FORK.format(more="join: any"))
    player.happens(AttemptLeased("fork/right/three", "worker"))
    succeeds(player, "fork/left/one")
    assert [status(player, path) for path in ("fork/middle/two", "fork/right/three")] == ["cancelled", "cancelled"]
    assert player.state.steps["fork/middle/two"].review["status"] == "withdrawn"  # type: ignore[index]
    assert player.state.armed() == []
    assert player.happens(AttemptSucceeded("fork/right/three", 1, {})) is None  # fenced
    assert player.state.steps["last"].result == {"of": {"done": ["left"]}}


def test_a_branch_that_lost_while_the_run_was_paused_is_not_entered_any_more() -> None:
    player = playing(FORK.format(more="join: any").replace("tool: c@1}", "tool: c@1}, {id: four, tool: d@1}"))
    player.happens(AttemptLeased("fork/left/one", "worker"))
    player.happens(AttemptLeased("fork/right/three", "worker"))
    player.happens(PauseRequested("wait"))
    succeeds(player, "fork/right/three")
    assert player.state.held == ("fork/right/four",)
    succeeds(player, "fork/left/one")
    assert player.state.held == ("last",)
    player.happens(ResumeRequested())
    assert player.state.status == "succeeded"
    assert player.folded == player.state


def test_so_many_branches_as_it_says_are_enough() -> None:
    player = playing(FORK.format(more="join: {at_least: 2}"))
    succeeds(player, "fork/left/one")
    assert status(player, "fork") == "waiting"
    player.decides("fork/middle/two", "approve")
    assert player.state.steps["fork"].result == {"done": ["left", "middle"]}
    assert status(player, "fork/right/three") == "cancelled"


def test_without_a_word_about_errors_a_person_is_asked_and_the_others_go_on() -> None:
    player = playing(FORK.format(more="join: any"))
    fails(player, "fork/left/one")
    assert status(player, "fork/left/one") == "incident"
    succeeds(player, "fork/right/three")
    assert status(player, "fork/left/one") == "cancelled"
    assert player.state.status == "succeeded"


def test_collected_errors_let_the_others_end_and_the_join_decides() -> None:
    player = playing(
        FORK.format(more="{join: {at_least: 2}, errors: collect, ")
        .replace("{join", "join")
        .replace("collect, ", "collect")
        .replace("2}, errors", "2}\n      errors")
    )
    fails(player, "fork/left/one")
    assert (status(player, "fork/left/one"), status(player, "fork")) == ("failed", "waiting")
    succeeds(player, "fork/right/three")
    player.decides("fork/middle/two", "approve")
    assert player.state.steps["fork"].result == {"done": ["middle", "right"]}


def test_a_join_that_has_become_impossible_fails_the_block_and_says_why() -> None:
    player = playing(LINES.format(more="errors: collect"))
    fails(player, "lines#2/check")
    for number in (1, 3):
        succeeds(player, f"lines#{number}/check", {"left": 1})
    error = player.state.steps["lines"].error
    assert error is not None
    assert error["code"] == "join"
    assert error["errors"] == [{"of": "lines#2", "step": "check", "code": "busy", "message": "The stock is busy."}]
    assert "2 of 3 ended well, 3 had to. lines#2: The stock is busy." in error["message"]
    assert player.state.status == "failed"


def test_the_first_error_stops_the_others_where_it_says_so() -> None:
    player = playing(LINES.format(more="errors: stop"))
    fails(player, "lines#2/check")
    assert player.state.status == "failed"
    assert {status(player, f"lines#{number}/check") for number in (1, 3)} == {"cancelled"}


def test_a_call_that_may_have_taken_effect_is_put_before_a_person_all_the_same() -> None:
    player = playing(LINES.format(more="errors: collect"))
    fails(player, "lines#2/check", "ambiguous")
    assert status(player, "lines#2/check") == "incident"
    player.decides("lines#2/check!1", "fail")
    assert (status(player, "lines#2/check"), status(player, "lines")) == ("failed", "waiting")


# ---- on_error and timeout ------------------------------------------------------------------------

RATE = """
  - id: rate
    tool: rates@1
    on_error: [{id: noted, tool: chat@1, with: {text: "${ error.explanation }"}}, {id: usual, set: {rate: 1.5}}]
  - {id: last, set: {rate: "${ steps.rate.rate }"}}
"""


def test_handlers_run_in_the_place_of_failing_and_give_the_result() -> None:
    player = playing(RATE)
    fails(player, "rate")
    assert status(player, "rate") == "waiting"
    assert player.state.steps["rate/on_error/noted"].input == {
        "text": "rate of W could not be done: The stock is busy."
    }
    succeeds(player, "rate/on_error/noted")
    assert player.state.steps["last"].result == {"rate": 1.5}
    assert player.state.steps["rate"].error["code"] == "busy"  # type: ignore[index]
    assert player.state.status == "succeeded"


def test_an_error_of_the_handlers_is_put_before_a_person_and_then_fails_the_step() -> None:
    player = playing(RATE)
    fails(player, "rate")
    fails(player, "rate/on_error/noted")
    assert status(player, "rate/on_error/noted") == "incident"
    player.decides("rate/on_error/noted!1", "fail")
    assert player.state.status == "failed"


def test_handlers_of_a_block_take_up_what_fails_inside() -> None:
    player = playing(
        LINES.format(more="errors: stop").replace(
            "  - {id: last", "    on_error: [{id: none, set: {n: 0}}]\n  - {id: last"
        )
    )
    fails(player, "lines#2/check")
    assert player.state.steps["lines"].result == {"n": 0}
    assert player.state.status == "succeeded"


APPROVAL = """
  - id: approval
    review: {outcomes: [approve], assign: {queue: q}, sla: {due: 1h}}
    timeout: 2h
    on_error: [{id: nobody, set: {outcome: "${ error.code }"}}]
"""


def test_a_review_that_takes_too_long_is_withdrawn_and_handled() -> None:
    player = playing(APPROVAL)
    player.passes(hours=3)
    player.fires_what_is_due()
    assert player.state.steps["approval"].result == {"outcome": "timeout"}
    assert player.state.steps["approval"].review["status"] == "withdrawn"  # type: ignore[index]
    assert player.state.armed() == []


def test_a_decision_in_time_stops_the_clock_and_taking_it_back_starts_it_again() -> None:
    player = playing(APPROVAL)
    player.passes(hours=1)
    player.decides("approval", "approve", undo=True)
    assert [timer.name for timer in player.state.armed()] == ["approval:undo"]
    player.happens(DecisionTakenBack("approval", ALICE))
    assert "approval:timeout" in [timer.name for timer in player.state.armed()]
    player.passes(hours=3)
    assert player.decides("approval", "approve") is None  # it was over before


def test_the_timeout_of_a_block_cancels_what_is_inside() -> None:
    player = playing(FORK.format(more="join: all").replace("  - {id: last", "    timeout: 1h\n  - {id: last"))
    player.happens(AttemptLeased("fork/left/one", "worker"))
    player.passes(hours=2)
    player.fires_what_is_due()
    assert player.state.steps["fork"].error["code"] == "timeout"  # type: ignore[index]
    assert {status(player, f"fork/{path}") for path in ("left/one", "middle/two", "right/three")} == {"cancelled"}
    assert player.state.status == "failed"


def test_a_run_inside_that_takes_too_long_is_cancelled_and_its_step_handled() -> None:
    player = playing("""
  - {id: child, workflow: w2, timeout: 1d, on_error: [{id: late, set: {code: "${ error.code }"}}]}
  - {id: last, set: {code: "${ steps.child.code }"}}
""")
    player.passes(days=1)
    player.fires_what_is_due()
    assert CancelChild("child", 1, "Its time was over.") in player.made[-1].effects
    assert player.state.steps["last"].result == {"code": "timeout"}
    assert player.happens(ChildEnded("child", 1, "r2", "succeeded", "done", {}, None, 0.5)) is None


# ---- repeat --------------------------------------------------------------------------------------

PAGES = """
  - id: pages
    repeat:
      {more}
      steps:
        - {{id: page, tool: list@1, with: {{after: "${{ previous }}", number: "${{ number }}"}}}}
"""


def test_rounds_follow_each_other_until_the_condition_holds() -> None:
    player = playing(PAGES.format(more='until: "${ !steps.page.more }"\n      max: 5'))
    assert player.state.steps["pages#1/page"].input == {"after": None, "number": 1}
    succeeds(player, "pages#1/page", {"more": True})
    assert player.state.steps["pages#2/page"].input == {"after": {"more": True}, "number": 2}
    succeeds(player, "pages#2/page", {"more": False})
    assert player.state.steps["pages"].result == [{"more": True}, {"more": False}]
    assert player.state.status == "succeeded"


def test_while_looks_before_the_first_round_and_sees_the_round_before() -> None:
    more = 'while: "${ !has(steps.page.more) || steps.page.more }"\n      max: 5'
    player = playing(PAGES.format(more=more))
    succeeds(player, "pages#1/page", {"more": False})
    assert player.state.steps["pages"].result == [{"more": False}]
    assert playing(PAGES.format(more='while: "${ false }"\n      max: 5')).state.steps["pages"].result == []


def test_too_many_rounds_are_an_error() -> None:
    player = playing(PAGES.format(more='until: "${ !steps.page.more }"\n      max: 2'))
    for number in (1, 2):
        succeeds(player, f"pages#{number}/page", {"more": True})
    assert player.state.steps["pages"].error["code"] == "max_rounds"  # type: ignore[index]


@pytest.mark.parametrize(("answer", "end"), [("retry", "incident"), ("fail", "failed")])
def test_a_condition_that_cannot_be_evaluated_is_put_before_a_person(answer: str, end: str) -> None:
    player = playing(PAGES.format(more='until: "${ steps.page.missing }"\n      max: 5'))
    succeeds(player, "pages#1/page", {"more": True})
    assert status(player, "pages") == "incident"
    player.decides("pages!1", answer)
    assert status(player, "pages") == end
    assert "pages#2/page" not in player.state.steps

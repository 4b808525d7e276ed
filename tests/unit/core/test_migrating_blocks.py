"""Blocks that go on under another name, with everything that is open in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orchestration.core import paths
from orchestration.core.effects import CallStep, RenameReview
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptSucceeded,
    MigrationRequested,
    PauseRequested,
    ResumeRequested,
)
from orchestration.core.language.definition import Definition, compile_definition
from orchestration.core.migrating import plan
from orchestration.core.state import OPEN_RUN, is_stuck
from tests.unit.core.invariants.schedules import any_schedule
from tests.unit.core.runs import Author, Player, Surroundings
from tests.unit.core.test_migrating import compiled, migrated, planned

TEXT = """
workflow: order
input: {type: object}
steps:
  - id: both
    timeout: 3d
    parallel:
      branches:
        price:
          - {id: stock, tool: erp.stock@1, retry: {attempts: 1}}
          - {id: price, tool: erp.price@1, retry: {attempts: 1}, with: {pieces: "${ steps.stock.pieces }"}}
        asked: [{id: approval, review: {outcomes: [approve, reject], assign: {queue: finance}}}]
        napped: [{id: nap, wait: {for: 1d}}]
  - {id: order, tool: erp.order@1, with: {was: "${ steps.approval.outcome }"}}
"""
RENAMED = TEXT.replace("id: both", "id: gather")


def does(player: Player, path: str, result: Any = None) -> None:
    player.happens(AttemptLeased(path, "worker"))
    player.happens(AttemptSucceeded(path, player.state.steps[path].attempts, result))


def playing(text: str) -> Player:
    player = Player(compiled(text))
    player.starts()
    return player


def test_a_block_goes_on_under_its_new_name_with_all_that_is_in_it() -> None:
    run = playing(TEXT)
    does(run, "both/price/stock", {"pieces": 3})
    decided = migrated(run, RENAMED, both="gather")
    review = RenameReview("both/asked/approval", "gather/asked/approval", "approval")
    assert set(decided.effects) == {review, CallStep("gather/price/price")}
    assert run.folded == run.state
    assert {path for path, step in run.state.steps.items() if step.is_open} == {
        *("gather", "gather/price/price", "gather/asked/approval", "gather/napped/nap")
    }
    assert run.state.steps["gather/price/price"].input == {"pieces": 3}
    does(run, "gather/price/price")
    run.decides("gather/asked/approval", "approve")
    run.passes(days=1)
    run.fires_what_is_due()
    assert run.state.steps["gather"].status == "succeeded"
    assert run.state.steps["order"].input == {"was": "approve"}
    assert run.folded == run.state


def test_the_time_that_a_block_has_runs_on_under_its_new_name() -> None:
    run = playing(TEXT)
    run.passes(days=2)
    migrated(run, RENAMED, both="gather")
    due = {timer.name: timer.due_at - run.now for timer in run.state.armed()}
    assert due["gather:timeout"] == timedelta(days=1)
    assert not [name for name in due if name.startswith("both")]


def test_a_call_under_way_in_it_is_waited_for() -> None:
    run = playing(TEXT)
    run.happens(AttemptLeased("both/price/stock", "worker"))
    (fault,) = planned(run, RENAMED, both="gather").faults
    assert fault.startswith("both/price/stock is being done right now, and stands elsewhere")


def test_an_incident_in_it_is_withdrawn_and_the_step_begins_anew() -> None:
    run = playing(TEXT)
    run.happens(AttemptLeased("both/price/stock", "worker"))
    run.happens(AttemptFailed("both/price/stock", 1, {"class": "permanent", "code": "c", "message": "No."}, "ask", 0.5))
    migrated(run, RENAMED.replace("erp.stock@1", "erp.stock@2"), both="gather")
    assert run.state.steps["gather/price/stock"].status == "ready"
    assert run.folded == run.state


def test_a_block_that_joins_otherwise_is_refused_under_any_name() -> None:
    run = playing(TEXT)
    (fault,) = planned(run, RENAMED.replace("parallel:", "parallel:\n      join: any"), both="gather").faults
    assert fault == "both is open, and its join is another in the new text."


LOOPS = """
workflow: order
input: {type: object}
steps:
  - id: lines
    each:
      in: ${ [1, 2, 3] }
      concurrency: 1
      steps:
        - id: tries
          repeat:
            max: 2
            until: ${ steps.check.good }
            steps:
              - {id: check, tool: check@1, with: {line: "${ item }", round: "${ number }"}}
"""


def test_loops_in_loops_go_on_in_the_round_that_they_are_in() -> None:
    run = playing(LOOPS)
    does(run, "lines#1/tries#1/check", {"good": True})
    does(run, "lines#2/tries#1/check", {"good": False})
    text = LOOPS.replace("id: lines", "id: rows").replace("id: tries", "id: rounds")
    migrated(run, text, lines="rows", tries="rounds")
    assert [path for path, step in run.state.steps.items() if step.status == "ready"] == ["rows#2/rounds#2/check"]
    assert run.folded == run.state
    does(run, "rows#2/rounds#2/check", {"good": True})
    does(run, "rows#3/rounds#1/check", {"good": True})
    assert run.state.status == "succeeded"
    assert run.state.steps["rows#3/rounds#1/check"].input == {"line": 3, "round": 1}
    assert run.state.steps["rows"].result == [[{"good": True}], [{"good": False}, {"good": True}], [{"good": True}]]
    assert run.folded == run.state


def test_a_paused_run_enters_what_it_holds_under_the_new_name() -> None:
    run = playing(LOOPS)
    run.happens(AttemptLeased("lines#1/tries#1/check", "worker"))
    run.happens(PauseRequested("The ERP moves"))
    run.happens(AttemptSucceeded("lines#1/tries#1/check", 1, {"good": False}))
    assert run.state.held
    migrated(run, LOOPS.replace("id: tries", "id: rounds"), tries="rounds")
    run.happens(ResumeRequested())
    assert [path for path, step in run.state.steps.items() if step.status == "ready"] == ["lines#1/rounds#2/check"]
    assert run.folded == run.state


def test_a_run_goes_back_to_the_text_that_it_came_from_where_nothing_has_ended_in_its_way() -> None:
    text = """
workflow: order
input: {type: object}
steps:
  - {id: stock, tool: erp.stock@1}
  - {id: approval, review: {outcomes: [approve], assign: {queue: finance}}}
  - {id: order, tool: erp.order@1, with: {stock: "${ steps.stock }"}}
"""
    run = playing(text)
    does(run, "stock", {"pieces": 3})
    migrated(run, text.replace("id: stock", "id: pieces").replace("steps.stock", "steps.pieces"), stock="pieces")
    migrated(run, text, pieces="stock")
    run.decides("approval", "approve")
    assert run.state.steps["order"].input == {"stock": {"pieces": 3}}
    assert run.folded == run.state

    run = playing(text)
    does(run, "stock", {})
    migrated(run, text.replace("id: approval", "id: release"), approval="release")
    (fault,) = planned(run, text, release="approval").faults
    assert fault.startswith("release cannot go to approval: something has ended there in this run")


@any_schedule
@given(st.integers(0, 2**32))
def test_any_run_goes_on_under_other_names_or_says_why_not(seed: int) -> None:
    """Blocks, steps, or both are renamed now and then; each time it is refused, or nothing is lost by it."""
    chance = Random(seed)
    player, surroundings = Player(Author(chance).writes()), Surroundings(chance)
    player.starts()
    for number in range(60):
        player.passes(seconds=chance.choice([0, 0, 9, 1_900]))
        if chance.random() < 0.1:
            _renames(player, chance, f"v{number}")
            assert player.folded == player.state
        player.happens(surroundings.does(player))
        assert not is_stuck(player.state)
        if player.state.status not in OPEN_RUN:
            break
    assert player.folded == player.state


def _renames(player: Player, chance: Random, suffix: str) -> None:
    share, names = chance.choice([0.1, 0.5, 1.0]), {}
    for step in player.definition.all_steps():
        if chance.random() < share:
            names[step.id] = f"{step.id.partition('_')[0]}_{suffix}"
    new = compile_definition(_under(player.definition.canonical, names))
    before, old = player.state, player.definition
    made = plan(before, old, new, names)
    if made.faults:
        return
    player.definition = new
    event = MigrationRequested(1, names, made.moved, tuple(made.anew), made.renamed, made.carried, made.held)
    decided = player.happens(event)
    assert decided is not None
    assert not _done(before, old, names) - _done(player.state, new, {})  # what begins anew may be done at once


def _under(value: Any, names: Mapping[str, str]) -> Any:
    """The text with other ids; steps are told by their kind."""
    if isinstance(value, Mapping):
        own = {"id": names.get(value["id"], value["id"])} if "kind" in value and "id" in value else {}
        return {**{name: _under(each, names) for name, each in value.items()}, **own}
    return [_under(each, names) for each in value] if isinstance(value, list) else value


def _done(state: Any, definition: Definition, names: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """What has ended well where the text has it, by the names that it has now, and how often."""
    of_text = {step.path for step in definition.all_steps()}
    return Counter(
        (names.get(step.id, step.id), repr(step.result))
        for path, step in state.steps.items()
        if step.status == "succeeded" and "~" not in path and paths.written(path) in of_text
    )

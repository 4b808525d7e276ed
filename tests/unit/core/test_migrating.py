"""What is moved to another version, what begins anew, and what is refused with which reason."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core.decide import decide
from orchestration.core.deciding import World
from orchestration.core.effects import CallStep, WithdrawReview
from orchestration.core.events import AttemptFailed, AttemptLeased, AttemptSucceeded, MigrationRequested, Now
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import Definition, compile_definition
from orchestration.core.migrating import Plan, plan
from orchestration.core.state import is_stuck
from tests.unit.core.runs import Player

TEXT = """\
workflow: order
input: {type: object}
steps:
  - {id: stock, tool: erp.stock@1, retry: {attempts: 1}}
  - id: both
    parallel:
      branches:
        price: [{id: price, tool: erp.price@1, retry: {attempts: 1}}]
        asked: [{id: approval, review: {outcomes: [approve, reject], assign: {queue: finance}}}]
  - {id: order, tool: erp.order@1, with: {stock: "${ steps.stock }"}}
"""


def compiled(text: str) -> Definition:
    checked = check_text(text, Catalogue())
    assert checked.canonical is not None, checked.faults
    return compile_definition(checked.canonical)


@pytest.fixture
def run() -> Player:
    """`stock` is done, `price` waits for a worker, and `approval` for a person."""
    player = Player(compiled(TEXT))
    player.starts()
    player.happens(AttemptLeased("stock", "worker"))
    player.happens(AttemptSucceeded("stock", 1, {"pieces": 3}))
    return player


def planned(run: Player, text: str, **step_map: str) -> Plan:
    return plan(run.state, run.definition, compiled(text), step_map)


def migrated(run: Player, text: str, **step_map: str) -> Any:
    made = planned(run, text, **step_map)
    assert made.faults == []
    run.definition = compiled(text)
    event = MigrationRequested(1, step_map, made.moved, tuple(made.anew))
    decided = decide(run.state, event, Now(run.now, run.now), World(run.definition, 2))
    run.state = decided.state
    run.changes += decided.changes
    return decided


def test_a_finished_step_under_another_name_keeps_its_end_and_is_known_by_the_new_one(run: Player) -> None:
    text = TEXT.replace("id: stock", "id: pieces").replace("steps.stock }", "steps.pieces }")
    before = run.state.steps["stock"]
    migrated(run, text, stock="pieces")
    assert run.state.steps["stock"] == before
    assert run.state.steps["pieces"].result == {"pieces": 3}
    run.happens(AttemptLeased("both/price/price", "worker"))
    run.happens(AttemptSucceeded("both/price/price", 1, {}))
    run.decides("both/asked/approval", "approve")
    assert run.state.steps["order"].input == {"stock": {"pieces": 3}}
    assert run.folded == run.state


def test_a_step_that_has_not_begun_is_done_as_the_new_text_says(run: Player) -> None:
    decided = migrated(run, TEXT.replace("erp.price@1", "erp.price@2"))
    assert decided.effects == (CallStep("both/price/price"),)
    assert (run.state.steps["both/price/price"].scope or {})["corrected"] == 1
    assert run.state.steps["both/asked/approval"].status == "waiting"
    assert not is_stuck(run.state)


def test_an_incident_is_withdrawn_where_the_new_text_mends_it(run: Player) -> None:
    run.happens(AttemptLeased("both/price/price", "worker"))
    run.happens(AttemptFailed("both/price/price", 1, {"class": "permanent", "code": "c", "message": "No."}, "ask", 0.5))
    decided = migrated(run, TEXT.replace("erp.price@1", "erp.price@2"))
    assert [type(effect) for effect in decided.effects] == [WithdrawReview, CallStep]
    assert run.state.steps["both/price/price"].status == "ready"
    assert run.folded == run.state


def test_all_reasons_to_refuse_are_given_at_once(run: Player) -> None:
    run.happens(AttemptLeased("both/price/price", "worker"))
    text = """\
workflow: order
input: {type: object}
steps:
  - {id: stock, set: {n: 1}}
  - id: both
    parallel:
      branches:
        price: [{id: price, tool: erp.price@2}]
        asked: [{id: approval, review: {outcomes: [approve, later], assign: {queue: finance}}}]
"""
    assert planned(run, text, gone="stock").faults == [
        "The version of now has no step gone.",
        "stock is done as tool, and the new text has stock as set.",
        "both/price/price is being done right now, and the new text does it otherwise: wait for it.",
        "both/asked/approval is being asked with other outcomes than the new text has.",
    ]


def test_what_is_open_and_has_no_place_or_another_one_is_refused(run: Player) -> None:
    text = """\
workflow: order
input: {type: object}
steps:
  - {id: stock, tool: erp.stock@1}
  - id: approval
    review: {outcomes: [approve, reject], assign: {queue: finance}}
"""
    assert planned(run, text).faults == [
        "both is open and has no place in the new text.",
        "both/price/price is open and has no place in the new text.",
        "both/asked/approval is open and stands elsewhere in the new text, at approval.",
    ]


def test_what_the_run_has_passed_already_is_said(run: Player) -> None:
    text = TEXT.replace("  - id: both", "  - {id: check, tool: erp.check@1}\n  - id: both")
    assert planned(run, text).notes == ["check is new and lies before where the run is: it will not be done."]


def test_a_run_that_has_ended_stays_on_its_version(run: Player) -> None:
    run.state = type(run.state)(id="r1", status="succeeded")
    assert planned(run, TEXT).faults == ["The run is succeeded: only open runs are migrated."]

"""What is moved to another version, what begins anew, and what is refused with which reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestration.core.decide import decide
from orchestration.core.deciding import World
from orchestration.core.effects import AwaitEvent, CallStep, RenameReview, WithdrawReview
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptSucceeded,
    CancelRequested,
    EventArrived,
    MigrationRequested,
    Now,
    PauseRequested,
    ResumeRequested,
    ReviewPaused,
)
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import Definition, compile_definition
from orchestration.core.migrating import Plan, plan
from orchestration.core.state import is_stuck
from tests.unit.core.runs import ALICE, Player

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
    event = MigrationRequested(1, step_map, made.moved, tuple(made.anew), made.renamed, made.carried, made.held)
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


def test_a_step_that_has_not_begun_begins_anew_under_its_new_name(run: Player) -> None:
    text = TEXT.replace("id: price", "id: quote").replace("erp.price@1", "erp.price@2")
    decided = migrated(run, text, price="quote")
    assert decided.effects == (CallStep("both/price/quote"),)
    assert run.state.steps["both/price/price"].status == "cancelled"
    assert run.state.steps["both/price/quote"].status == "ready"
    run.happens(AttemptLeased("both/price/quote", "worker"))
    run.happens(AttemptSucceeded("both/price/quote", 1, {}))
    run.decides("both/asked/approval", "approve")
    assert run.state.steps["both"].status == "succeeded"
    assert run.folded == run.state


def test_what_may_have_taken_effect_does_not_begin_anew(run: Player) -> None:
    run.happens(AttemptLeased("both/price/price", "worker"))
    run.happens(AttemptLost("both/price/price", 1, "ask", 0.5))
    assert planned(run, TEXT.replace("erp.price@1", "erp.price@2")).faults == [
        "both/price/price may have taken effect; it begins anew only when that is settled."
    ]


BOOKED = """
workflow: order
input: {type: object}
steps:
  - id: seats
    each:
      in: ${ [1, 2] }
      steps: [{id: seat, tool: book@1, undo: {tool: cancel@1, with: {id: "${ steps.seat.id }"}}}]
  - {id: hotel, tool: book@1, undo: {tool: cancel@1, with: {id: "${ steps.hotel.id }"}}}
  - {id: approval, review: {outcomes: [approve], assign: {queue: finance}}}
"""


@pytest.fixture
def booked() -> Player:
    player = Player(compiled(BOOKED))
    player.starts()
    for path in ("seats#2/seat", "seats#1/seat", "hotel"):
        player.happens(AttemptLeased(path, "worker"))
        player.happens(AttemptSucceeded(path, 1, {"id": path}))
    return player


def test_what_could_be_undone_still_can_at_its_new_place_and_in_its_order(booked: Player) -> None:
    text = BOOKED.replace("id: seats", "id: places").replace("id: seat,", "id: place,").replace("seat.id", "place.id")
    migrated(booked, text, seats="places", seat="place")
    assert booked.state.steps["places"].result == [{"id": "seats#1/seat"}, {"id": "seats#2/seat"}]
    booked.happens(CancelRequested("Not needed"))
    undone = []
    while ready := [path for path, step in booked.state.steps.items() if step.status == "ready"]:
        undone += [(path, booked.state.steps[path].input["id"]) for path in ready]
        booked.happens(AttemptLeased(ready[0], "worker"))
        booked.happens(AttemptSucceeded(ready[0], 1, {}))
    assert undone == [
        ("hotel~undo", "hotel"),
        ("places#1/place~undo", "seats#1/seat"),
        ("places#2/place~undo", "seats#2/seat"),
    ]
    assert booked.state.status == "cancelled"
    assert booked.folded == booked.state


def test_what_could_be_undone_and_not_any_more_is_refused(booked: Player) -> None:
    text = BOOKED.replace(', undo: {tool: cancel@1, with: {id: "${ steps.hotel.id }"}}', "")
    assert planned(booked, text).faults == ["hotel can be undone, and the new text does not say how."]


def test_what_is_done_in_a_loop_has_its_place_in_the_same_loop_only(booked: Player) -> None:
    assert planned(booked, BOOKED, seats="seats").faults == []
    outside = BOOKED.replace("id: seat,", "id: other,").replace("seat.id", "other.id")
    outside += "  - {id: seat, tool: book@1, undo: {tool: cancel@1}}\n"
    assert planned(booked, outside).faults == [
        "seats#1/seat is done, and in the new text it stands in another loop, or in none.",
        "seats#2/seat is done, and in the new text it stands in another loop, or in none.",
        "seats#2/seat can be undone, and the new text does not say how.",
        "seats#1/seat can be undone, and the new text does not say how.",
    ]


# ---- what waits, under another name --------------------------------------------------------------

ASKED = """
workflow: order
input: {type: object}
steps:
  - id: both
    parallel:
      branches:
        asked:
          - id: approval
            review:
              outcomes: [approve, reject]
              assign: {queue: finance}
              escalate: [{after: 1h, to: {backup_of: queue}}]
              unanswered: {after: 2d, outcome: reject}
        napped: [{id: nap, wait: {for: 1d}}]
        told: [{id: paid, wait: {event: paid, key: k, unanswered: {after: 5d, outcome: late}}}]
  - {id: order, tool: erp.order@1, with: {was: "${ steps.approval.outcome }", paid: "${ steps.paid.outcome }"}}
"""
RENAMED = (
    ASKED.replace("id: approval", "id: release")
    .replace("steps.approval", "steps.release")
    .replace("id: nap", "id: cooled")
    .replace("id: paid", "id: settled")
    .replace("steps.paid", "steps.settled")
)
NAMES = {"approval": "release", "nap": "cooled", "paid": "settled"}


@pytest.fixture
def asked() -> Player:
    player = Player(compiled(ASKED))
    player.starts()
    return player


def test_what_waits_goes_on_waiting_under_its_new_name_with_its_clocks(asked: Player) -> None:
    asked.passes(minutes=10)
    decided = migrated(asked, RENAMED, **NAMES)
    assert set(decided.effects) == {
        RenameReview("both/asked/approval", "both/asked/release", "release"),
        AwaitEvent("both/told/settled", "paid", "k"),
    }
    assert asked.folded == asked.state
    asked.passes(hours=1)
    asked.fires_what_is_due()
    assert asked.changes[-1].kind == "review.escalated"
    asked.decides("both/asked/release", "approve")
    asked.happens(EventArrived("both/told/settled", "paid", "k", "e1", {}, asked.now))
    asked.passes(days=1)
    asked.fires_what_is_due()
    assert asked.state.steps["order"].input == {"was": "approve", "paid": "received"}
    assert {asked.state.steps[path].status for path in ("both/asked/approval", "both/napped/nap")} == {"cancelled"}
    assert asked.folded == asked.state


def test_nobody_answers_by_the_old_name_any_more(asked: Player) -> None:
    migrated(asked, RENAMED, **NAMES)
    assert asked.decides("both/asked/approval", "approve") is None
    assert asked.happens(EventArrived("both/told/paid", "paid", "k", "e1", {}, asked.now)) is None
    assert not is_stuck(asked.state)


def test_a_review_that_is_set_aside_keeps_its_pause_under_its_new_name(asked: Player) -> None:
    until = asked.now + timedelta(hours=3)
    asked.happens(ReviewPaused("both/asked/approval", "asked", until, stops_clock=True, by=ALICE))
    migrated(asked, RENAMED, **NAMES)
    asked.passes(hours=3)
    asked.fires_what_is_due()
    assert [change.kind for change in asked.changes if change.kind == "review.resumed"]
    due = {timer.name: timer.due_at - asked.now for timer in asked.state.armed()}
    assert due["both/asked/release:level.0"] == timedelta(hours=1)


def test_of_a_paused_run_what_waits_stands_still_under_its_new_name(asked: Player) -> None:
    asked.happens(PauseRequested("The ERP moves"))
    migrated(asked, RENAMED, **NAMES)
    asked.passes(days=9)
    asked.fires_what_is_due()
    asked.happens(ResumeRequested())
    assert asked.state.steps["both/napped/cooled"].status == "waiting"
    asked.passes(days=1)
    asked.fires_what_is_due()
    assert asked.state.steps["both/napped/cooled"].status == "succeeded"
    assert asked.folded == asked.state


def test_what_waits_otherwise_than_the_new_text_says_is_refused_with_the_reason(asked: Player) -> None:
    other = RENAMED.replace("[approve, reject]", "[approve, later]").replace("outcome: reject", "outcome: later")
    assert planned(asked, other.replace("for: 1d", "for: 2d"), **NAMES).faults == [
        "both/asked/approval is being asked with other outcomes than release has in the new text.",
        "both/napped/nap waits otherwise than cooled does in the new text.",
    ]
    asked.decides("both/asked/approval", "approve", undo=True)
    assert planned(asked, RENAMED, **NAMES).faults == [
        "both/asked/approval was decided just now: wait until the decision counts."
    ]


def test_a_call_under_way_and_a_run_that_was_started_keep_their_names(run: Player) -> None:
    run.happens(AttemptLeased("both/price/price", "worker"))
    (fault,) = planned(run, TEXT.replace("id: price", "id: quote"), price="quote").faults
    assert fault.startswith("both/price/price is being done right now, and stands elsewhere")
    assert fault.endswith("at both/price/quote: wait for it.")
    text = "workflow: w\ninput: {type: object}\nsteps: [{id: a, workflow: w2}]\n"
    player = Player(compiled(text))
    player.starts()
    (fault,) = planned(player, text.replace("id: a", "id: b"), a="b").faults
    assert fault.startswith(
        "a waits for the run that it started, which answers it by this name; the new text has it at b"
    )

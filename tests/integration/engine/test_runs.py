"""A run from its event to its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from orchestration import api
from orchestration.exceptions import InvalidInput, InvalidTransition
from orchestration.models import StepRun
from tests.integration.engine.texts import ONE_REVIEW, PURCHASE
from tests.support.bench import ALICE, NOON, OSCAR, Bench


def purchase(engine: Bench, amount: float = 900, request: str = "R-1") -> str:
    engine.publish(PURCHASE)
    run_id = engine.start("purchase", request=request, requester="ann@example.com", amount=amount)
    engine.work()
    return run_id


def test_a_purchase_that_is_approved_is_ordered_once_the_undo_window_has_closed(engine: Bench) -> None:
    run_id = purchase(engine)
    engine.decide(run_id, "approval", "approve", amount=950)
    engine.work()
    assert engine.tools["erp.order"].calls == []
    engine.clock.forward(seconds=10)
    engine.sweep()
    assert [given for given, _ in engine.tools["erp.order"].calls] == [{"amount": 950}]
    state = api.run_state(run_id)
    assert (state.status, state.outcome) == ("succeeded", "ordered")
    assert ("closed", "approval", "approve", False) in engine.desk.told


def test_the_review_task_carries_what_a_reviewer_needs(engine: Bench) -> None:
    purchase(engine, amount=50_000)
    (request,) = engine.desk.opened
    assert request.title == "R-1: 50000"
    assert request.concerns == ("A lot of money",)
    assert request.exclude == ("ann@example.com",)
    assert request.critical
    assert request.due_at == NOON + timedelta(hours=8)
    assert request.context["steps"]["budget"] == {"remaining": 500}
    kinds = [step.kind for step in request.future]
    assert kinds == ["half", "three_quarters", "breach", "level", "level", "level", "unanswered"]


def test_a_decision_taken_back_leaves_no_trace_outside_and_can_be_made_again(engine: Bench) -> None:
    run_id = purchase(engine)
    engine.decide(run_id, "approval", "approve", amount=900)
    engine.clock.forward(seconds=5)
    api.take_back_decision(run_id=run_id, key="approval", actor=ALICE)
    engine.clock.forward(seconds=60)
    engine.sweep()
    assert engine.tools["erp.order"].calls == []
    engine.decide(run_id, "approval", "reject")
    engine.clock.forward(seconds=10)
    engine.sweep()
    assert api.run_state(run_id).outcome == "rejected"
    assert len(engine.tools["mail.tell"].calls) == 1


def test_a_decision_whose_window_has_closed_cannot_be_taken_back(engine: Bench) -> None:
    run_id = purchase(engine)
    engine.decide(run_id, "approval", "approve", undo=0)
    with pytest.raises(InvalidTransition, match="not open any more"):
        api.take_back_decision(run_id=run_id, key="approval", actor=ALICE)


def test_an_open_review_that_is_cancelled_with_its_run_is_withdrawn(engine: Bench) -> None:
    run_id = purchase(engine)
    api.cancel_run(run_id=run_id, reason="Not needed any more", actor=OSCAR)
    assert ("withdrawn", "approval", "Not needed any more") in engine.desk.told
    state = api.run_state(run_id)
    assert (state.status, state.armed()) == ("cancelled", [])
    assert not any(step.is_open for step in state.steps.values())


def test_the_same_event_twice_starts_one_run(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    first = api.start_run(workflow="one-review", input={}, actor=OSCAR, source="test", event_id="evt-1")
    second = api.start_run(workflow="one-review", input={}, actor=OSCAR, source="test", event_id="evt-1")
    assert (first.created, second.created, second.reason) == (True, False, "event")
    assert first.run_id == second.run_id


def test_a_business_key_holds_while_its_run_is_open(engine: Bench) -> None:
    run_id = purchase(engine)
    again = api.start_run(workflow="purchase", input={"request": "R-1", "amount": 1}, actor=OSCAR, source="test")
    assert (again.run_id, again.reason) == (run_id, "key")
    api.cancel_run(run_id=run_id, reason="", actor=OSCAR)
    assert api.start_run(workflow="purchase", input={"request": "R-1", "amount": 1}, actor=OSCAR, source="test").created


def test_an_input_with_faults_names_the_path_of_each_and_starts_nothing(engine: Bench) -> None:
    engine.publish(PURCHASE)
    with pytest.raises(InvalidInput) as caught:
        engine.start("purchase", request=5, amount="much", requester="a\x00b")
    assert [fault["path"] for fault in caught.value.faults] == ["/amount", "/request", "/requester"]
    assert not api.runs().exists()


def test_a_run_finishes_on_the_version_it_started_with(engine: Bench) -> None:
    old = purchase(engine, request="R-old")
    engine.publish(PURCHASE.replace("end: ordered", "end: bought"))
    new = engine.start("purchase", request="R-new", requester="ann@example.com", amount=900)
    engine.work()
    for run_id in (old, new):
        engine.decide(run_id, "approval", "approve", undo=0)
    engine.work()
    assert [api.run_state(run_id).outcome for run_id in (old, new)] == ["ordered", "bought"]


def test_folding_a_runs_audit_events_gives_its_stored_state(engine: Bench) -> None:
    run_id = purchase(engine)
    assert api.folded(run_id) == api.run_state(run_id)
    engine.decide(run_id, "approval", "approve", amount=1)
    assert api.folded(run_id) == api.run_state(run_id)
    engine.clock.forward(seconds=10)
    engine.sweep()
    assert api.folded(run_id) == api.run_state(run_id)


def test_a_finished_step_is_left_as_it_was(engine: Bench) -> None:
    run_id = purchase(engine)
    before = list(StepRun.objects.filter(run_id=run_id, status="succeeded").values())
    engine.decide(run_id, "approval", "reject", undo=0)
    engine.work()
    after = {row["id"]: row for row in StepRun.objects.filter(run_id=run_id).values()}
    assert before == [after[row["id"]] for row in before]


def test_the_database_refuses_to_move_a_finished_step_on(engine: Bench) -> None:
    run_id = purchase(engine)
    finished = StepRun.objects.filter(run_id=run_id, status="succeeded")
    with pytest.raises(DatabaseError), transaction.atomic():
        finished.update(status="ready")

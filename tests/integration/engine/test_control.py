"""Pausing, resuming and cancelling stored runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration import api
from orchestration.models import StepRun
from orchestration.runtime import execute, sweeper
from tests.integration.engine.texts import PURCHASE
from tests.support.bench import OSCAR, Bench


@pytest.fixture
def run_id(engine: Bench) -> str:
    engine.publish(PURCHASE)
    return engine.start("purchase", request="pens", requester="ann@example.com", amount=12.0)


def test_a_paused_run_starts_nothing_and_goes_on_where_it_stood(engine: Bench, run_id: str) -> None:
    api.pause_run(run_id=run_id, reason="The ERP moves", actor=OSCAR)
    assert execute.take(run_id, "gather/budget/budget") == []
    engine.clock.forward(minutes=10)
    assert sweeper.repeat_hints() == 0
    assert sweeper.report_stuck() == []
    api.resume_run(run_id=run_id, actor=OSCAR)
    engine.work()
    assert api.run_state(run_id).steps["approval"].status == "waiting"
    assert api.folded(run_id) == api.run_state(run_id)


def test_what_a_worker_finishes_during_the_pause_is_kept(engine: Bench, run_id: str) -> None:
    engine.tools["suppliers.history"].before = lambda: api.pause_run(run_id=run_id, reason="wait", actor=OSCAR)
    execute.execute(run_id, "gather/budget/budget")
    execute.execute(run_id, "gather/supplier/history")
    state = api.run_state(run_id)
    assert (state.steps["gather"].status, state.held) == ("succeeded", ("approval",))
    assert api.folded(run_id) == state


def test_the_clocks_of_a_paused_run_stand_still(engine: Bench, run_id: str) -> None:
    engine.work()
    armed = {timer.name: timer.due_at for timer in api.run_state(run_id).armed()}
    api.pause_run(run_id=run_id, reason="wait", actor=OSCAR)
    engine.clock.forward(days=30)
    engine.sweep()
    assert api.run_state(run_id).armed() == []
    assert ("stands still", "approval") in engine.desk.told
    api.resume_run(run_id=run_id, actor=OSCAR)
    engine.sweep()
    state = api.run_state(run_id)
    assert {timer.name: timer.due_at for timer in state.armed()} == {
        name: at + timedelta(days=30) for name, at in armed.items()
    }
    assert ("goes on", "approval", timedelta(days=30)) in engine.desk.told
    assert api.folded(run_id) == state


def test_what_was_due_before_the_pause_goes_first(engine: Bench, run_id: str) -> None:
    engine.work()
    engine.clock.forward(days=11)
    api.pause_run(run_id=run_id, reason="wait", actor=OSCAR)
    state = api.run_state(run_id)
    assert (state.steps["approval"].result["outcome"], state.held) == ("reject", ())
    assert api.folded(run_id) == state


def test_a_call_whose_run_was_cancelled_can_ask_and_its_outcome_is_not_taken(engine: Bench, run_id: str) -> None:
    wanted: list[bool] = []

    def cancelled_meanwhile() -> None:
        wanted.append(engine.tools["finance.budget"].calls[-1][1].is_wanted())
        api.cancel_run(run_id=run_id, reason="Ordered twice", actor=OSCAR)
        wanted.append(engine.tools["finance.budget"].calls[-1][1].is_wanted())

    engine.tools["finance.budget"].before = cancelled_meanwhile
    execute.execute(run_id, "gather/budget/budget")
    assert wanted == [True, False]
    step = StepRun.objects.get(run_id=run_id, path="gather/budget/budget")
    assert (step.status, step.result) == ("cancelled", None)
    assert [attempt.status for attempt in api.run_attempts(run_id)] == ["cancelled"]

"""SLA, escalation and the race between a decision and a timer."""

from __future__ import annotations

import pytest

from orchestration import api
from orchestration.models import Timer
from orchestration.runtime import sweeper
from orchestration.runtime.advance import fire
from tests.integration.engine.test_runs import purchase
from tests.integration.engine.texts import ONE_REVIEW
from tests.support.bench import ALICE, Bench


def test_a_neglected_review_warns_escalates_and_ends_as_the_workflow_says(engine: Bench) -> None:
    run_id = purchase(engine, amount=50_000)
    engine.clock.forward(days=11)
    engine.sweep()
    assert engine.desk.told == [
        ("warned", "approval", "half"),
        ("warned", "approval", "three_quarters"),
        ("warned", "approval", "breach"),
        ("escalated", "approval", 0, ("backup_of",)),
        ("escalated", "approval", 1, ("manager_of",)),
        ("escalated", "approval", 2, ("owner",)),
        ("closed", "approval", "reject", True),
    ]
    assert api.run_state(run_id).outcome == "rejected"


def test_a_level_whose_condition_does_not_hold_is_never_reached(engine: Bench) -> None:
    purchase(engine, amount=900)
    engine.clock.forward(days=5)
    engine.sweep()
    assert [told[2] for told in engine.desk.told if told[0] == "escalated"] == [0, 1]
    (request,) = engine.desk.opened
    assert [step.applies for step in request.future if step.kind == "level"] == [True, True, False]


def test_a_decision_received_before_a_timers_due_time_wins_over_it(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    run_id = engine.start("one-review")
    unanswered = Timer.objects.get(run_id=run_id, name="approval:unanswered")
    engine.clock.forward(days=2, seconds=-1)
    engine.decide(run_id, "approval", "approve")
    engine.clock.forward(seconds=5)
    fire(run_id, unanswered.name, unanswered.generation)
    assert "timer.lost" in engine.kinds(run_id)
    engine.clock.forward(seconds=5)
    engine.sweep()
    assert api.run_state(run_id).outcome == "approve"


def test_a_timer_that_was_due_first_wins_although_the_decision_is_processed_before_it(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    run_id = engine.start("one-review")
    engine.clock.forward(days=1, seconds=1)
    engine.decide(run_id, "approval", "approve")
    kinds = engine.kinds(run_id)
    assert kinds.index("review.escalated") < kinds.index("review.decided")


def test_taking_a_decision_back_arms_the_timers_at_their_old_instants(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    run_id = engine.start("one-review")
    armed = {timer.name: timer.due_at for timer in api.run_state(run_id).armed()}
    engine.decide(run_id, "approval", "approve")
    assert [timer.name for timer in api.run_state(run_id).armed()] == ["approval:undo"]
    api.take_back_decision(run_id=run_id, key="approval", actor=ALICE)
    assert {timer.name: timer.due_at for timer in api.run_state(run_id).armed()} == armed


def test_a_timer_of_an_older_generation_does_nothing(engine: Bench) -> None:
    engine.publish(ONE_REVIEW)
    run_id = engine.start("one-review")
    engine.decide(run_id, "approval", "approve")
    api.take_back_decision(run_id=run_id, key="approval", actor=ALICE)
    engine.clock.forward(days=3)
    before = len(api.timeline(run_id))
    fire(run_id, "approval:unanswered", 1)
    assert len(api.timeline(run_id)) == before


def test_a_process_clock_that_stands_still_fires_what_is_due_and_nothing_else(
    engine: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.publish(ONE_REVIEW)
    run_id = engine.start("one-review")
    monkeypatch.setattr(engine.clock, "speed", lambda: 0.0)
    engine.clock.forward(hours=2)
    assert sweeper.fire_timers() == 1
    assert engine.kinds(run_id).count("review.warned") == 1

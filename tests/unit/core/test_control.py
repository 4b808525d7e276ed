"""Pausing a run and letting it go on: what stands still, what is kept, and what comes later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestration.core.effects import CallStep, GoOnReview, StandStillReview
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptSucceeded,
    CancelRequested,
    DecisionTakenBack,
    PauseRequested,
    ResumeRequested,
    TimerFired,
)
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import compile_definition
from orchestration.core.state import is_stuck
from tests.unit.core.runs import ALICE, Player

TEXT = """\
workflow: order
input: {type: object}
limits: {duration: 30d}
steps:
  - {id: check, tool: erp.check@1, retry: {attempts: 3}}
  - id: approval
    review:
      outcomes: [approve, reject]
      assign: {queue: finance}
      sla: {due: 8h}
      escalate: [{after: 12h, to: {backup_of: queue}}]
      unanswered: {after: 10d, outcome: reject}
  - {id: order, tool: erp.order@1}
"""


@pytest.fixture
def run() -> Player:
    canonical = check_text(TEXT, Catalogue()).canonical
    assert canonical is not None
    player = Player(compile_definition(canonical))
    player.starts()
    return player


def done(run: Player, path: str) -> None:
    run.happens(AttemptLeased(path, "worker"))
    run.happens(AttemptSucceeded(path, run.state.steps[path].attempts, {}))


def due(run: Player) -> dict[str, Any]:
    return {timer.name: timer.due_at for timer in run.state.armed() if timer.clock == "process"}


def test_what_is_running_may_finish_and_what_follows_waits_for_the_run(run: Player) -> None:
    run.happens(AttemptLeased("check", "worker"))
    run.happens(PauseRequested("The ERP moves"))
    run.happens(AttemptSucceeded("check", 1, {}))
    assert (run.state.steps["check"].status, run.state.held) == ("succeeded", ("approval",))
    assert "approval" not in run.state.steps
    assert not is_stuck(run.state)
    run.happens(ResumeRequested())
    assert (run.state.steps["approval"].status, run.state.held) == ("waiting", ())
    assert run.folded == run.state


def test_a_ready_step_is_not_leased_until_the_run_goes_on(run: Player) -> None:
    run.happens(PauseRequested("wait"))
    assert run.happens(AttemptLeased("check", "worker")) is None
    went_on = run.happens(ResumeRequested())
    assert went_on is not None
    assert went_on.effects == (CallStep("check"),)
    assert run.happens(AttemptLeased("check", "worker")) is not None


def test_process_timers_and_the_reviews_instants_come_later_by_the_length_of_the_pause(run: Player) -> None:
    done(run, "check")
    before, review = due(run), run.state.steps["approval"].review
    run.passes(hours=2)
    paused = run.happens(PauseRequested("wait"))
    assert paused is not None
    assert paused.effects == (StandStillReview("approval", run.now),)
    run.passes(hours=50)
    run.fires_what_is_due()
    assert due(run) == {}
    went_on = run.happens(ResumeRequested())
    assert went_on is not None
    assert due(run) == {name: at + timedelta(hours=50) for name, at in before.items()}
    told = next(effect for effect in went_on.effects if isinstance(effect, GoOnReview))
    assert (told.since, told.by) == (run.now - timedelta(hours=50), timedelta(hours=50))
    moved = run.state.steps["approval"].review
    assert review is not None
    assert moved is not None
    assert moved["due_at"] > review["due_at"]
    assert run.folded == run.state


def test_a_decision_on_a_paused_run_is_kept_and_counts_when_it_goes_on(run: Player) -> None:
    done(run, "check")
    run.happens(PauseRequested("wait"))
    run.passes(hours=1)
    run.decides("approval", "approve")
    review = run.state.steps["approval"].review
    assert review is not None
    assert review["status"] == "decided"
    run.happens(ResumeRequested())
    run.fires_what_is_due()
    assert run.state.steps["approval"].result["outcome"] == "approve"
    assert run.state.steps["order"].status == "ready"


def test_a_decision_taken_back_after_the_pause_does_not_find_its_clocks_overdue(run: Player) -> None:
    done(run, "check")
    before = due(run)
    run.decides("approval", "approve", undo=True)
    run.happens(PauseRequested("wait"))
    run.passes(days=20)
    run.happens(ResumeRequested())
    run.happens(DecisionTakenBack("approval", ALICE))
    assert due(run) == {name: at + timedelta(days=20) for name, at in before.items()}


def test_the_wait_before_a_retry_does_not_make_a_paused_run_call_again(run: Player) -> None:
    run.happens(AttemptLeased("check", "worker"))
    run.happens(PauseRequested("wait"))
    error = {"class": "transient", "code": "busy", "message": "Busy."}
    run.happens(AttemptFailed("check", 1, error, "ask", 0.5))
    run.passes(hours=1)
    run.fires_what_is_due()
    assert run.state.steps["check"].status == "retrying"
    run.happens(ResumeRequested())
    run.fires_what_is_due()
    assert run.state.steps["check"].status == "ready"


def test_a_timer_of_before_the_pause_is_stale_after_it(run: Player) -> None:
    done(run, "check")
    timer = run.state.timers["approval:breach"]
    run.happens(PauseRequested("wait"))
    run.passes(days=1)
    run.happens(TimerFired(timer.name, timer.generation))
    run.happens(ResumeRequested())
    fired = run.happens(TimerFired(timer.name, timer.generation))
    assert fired is not None
    assert fired.changes == ()


def test_a_paused_run_can_be_cancelled_and_leaves_nothing_that_stands_still(run: Player) -> None:
    done(run, "check")
    run.happens(PauseRequested("wait"))
    run.happens(CancelRequested("Not needed"))
    assert (run.state.status, run.state.paused_at) == ("cancelled", None)
    assert {timer.status for timer in run.state.timers.values()} == {"stopped"}


def test_pausing_twice_and_resuming_what_runs_are_refused(run: Player) -> None:
    assert run.happens(ResumeRequested()) is None
    assert run.happens(PauseRequested("wait")) is not None
    assert run.happens(PauseRequested("again")) is None

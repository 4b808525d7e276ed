"""What has happened does not happen again (invariants 2, 3, 7 and 8)."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.events import (
    AttemptFailed,
    AttemptLost,
    AttemptSucceeded,
    TimerFired,
)
from orchestration.core.state import OPEN_RUN
from tests.unit.core.invariants.schedules import any_schedule, played
from tests.unit.core.runs import FINISHED


@any_schedule
@given(st.integers(0, 2**32))
def test_a_finished_step_run_never_changes_again(seed: int) -> None:
    for before, _, _, player in played(seed):
        for path, step in before.steps.items():
            if step.status in FINISHED:
                assert player.state.steps[path] == step


@any_schedule
@given(st.integers(0, 2**32))
def test_only_the_running_attempt_completes_a_step(seed: int) -> None:
    for before, event, decided, _ in played(seed):
        if not isinstance(event, (AttemptSucceeded, AttemptFailed, AttemptLost)):
            continue
        step = before.steps.get(event.path)
        is_current = step is not None and step.status == "running" and step.attempts == event.number
        assert (decided is not None) == is_current


@any_schedule
@given(st.integers(0, 2**32))
def test_transitions_happen_exactly_once(seed: int) -> None:
    player = None
    for _, _, _, player in played(seed):  # noqa: B007 - the last one counts
        pass
    assert player is not None
    ends = Counter(
        change.data["path"]
        for change in player.changes
        if change.kind in ("step.succeeded", "step.failed", "step.cancelled", "step.skipped")
    )
    assert all(count == 1 for count in ends.values())
    assert sum(change.kind == "run.ended" for change in player.changes) == (player.state.status not in OPEN_RUN)
    numbers = Counter(
        (change.data["path"], change.data["number"]) for change in player.changes if change.kind == "attempt.started"
    )
    assert all(count == 1 for count in numbers.values())


@any_schedule
@given(st.integers(0, 2**32))
def test_an_ambiguous_outcome_is_never_retried_blindly(seed: int) -> None:
    for _, event, decided, player in played(seed):
        if decided is None or not isinstance(event, (AttemptFailed, AttemptLost)):
            continue
        ambiguous = isinstance(event, AttemptLost) or event.error["class"] == "ambiguous"
        step = player.state.steps[event.path]
        if ambiguous and event.ambiguous == "ask":
            assert step.status in ("incident", "cancelled")
        if ambiguous and event.ambiguous == "reconcile" and step.status == "retrying":
            assert (step.scope or {})["reconcile"] is True


@any_schedule
@given(st.integers(0, 2**32))
def test_a_stale_timer_does_nothing(seed: int) -> None:
    for before, event, decided, player in played(seed):
        if not isinstance(event, TimerFired):
            continue
        timer = before.timers.get(event.name)
        live = timer is not None and timer.status == "armed" and timer.generation == event.generation
        if not live or (timer is not None and timer.due_at > player.now):
            assert decided is not None
            assert all(change.kind == "timer.lost" for change in decided.changes)
            assert decided.effects == ()

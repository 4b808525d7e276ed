"""The core as one function: `decide(state, event, now, world) -> Decided`. No I/O, no clock, no randomness.

What holds after every event (the tests say it in these words):
a finished step run never changes again; only the current attempt completes a step; an open run has a ready or
running step, an armed timer, an open review or incident, an awaited event or an open child; folding the changes
gives the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orchestration.core import (
    answers,
    approving,
    attempts,
    children,
    control,
    deadlines,
    ending,
    flow,
    migrating,
    outages,
    pausing,
    waits,
)
from orchestration.core.changes import Change
from orchestration.core.deciding import TIMEOUT, Deciding, World
from orchestration.core.effects import Effect
from orchestration.core.events import (
    ApproverAsked,
    AttemptDeferred,
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptReturned,
    AttemptSucceeded,
    CancelRequested,
    ChildEnded,
    ChildUndone,
    DecisionGiven,
    DecisionTakenBack,
    Event,
    EventArrived,
    LevelCalled,
    LimitLifted,
    MigrationRequested,
    Now,
    OutageBegan,
    OutageEnded,
    PauseRequested,
    ResumeRequested,
    ReviewPaused,
    ReviewResumed,
    Started,
    TimerFired,
    UndoRequested,
    UndosTaken,
)
from orchestration.core.incidents import open_incident
from orchestration.core.language.expressions import ExpressionError
from orchestration.core.state import RunState
from orchestration.exceptions import InvalidTransition

RUN_LIMIT = ":limit"  # no step can have this for a subject


@dataclass(frozen=True, slots=True)
class Decided:
    """The new state, the facts that led to it, what the runtime has to do, and which rows they touch."""

    state: RunState
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    touched_steps: tuple[str, ...]
    touched_timers: tuple[str, ...]
    apart: Mapping[str, str] = field(default_factory=dict)  # large values that the changes refer to, as JSON by digest


def decide(state: RunState, event: Event, now: Now, world: World) -> Decided:
    """Raises `InvalidTransition`, `LeaseLost` or `MissedTimer`, and where more has to be known `MissingPolicy`,
    `MissingEvents`, `MissingAnswers`, `MissingValues` or `MissingSteps`."""
    deciding = Deciding(state, now, world)
    _HANDLERS[type(event)](deciding, event)
    if deciding.work.run.paused_at is None:
        flow.settle(deciding)
        ending.register_taken(deciding)
    else:
        control.keep_for_later(deciding)
    work = deciding.work
    return Decided(
        work.frozen(),
        tuple(deciding.changes),
        tuple(deciding.effects),
        tuple(work.touched_steps),
        tuple(work.touched_timers),
        deciding.apart,
    )


def _started(d: Deciding, event: Started) -> None:
    if d.work.run.status != "new":
        raise InvalidTransition("The run has started already.")
    values = {"input": event.input, "key": event.business_key}
    data: dict[str, Any] = {"source": event.source, "version": d.world.version}
    if event.origin is not None:
        data["origin"], d.how = asdict(event.origin), event.origin.how
    d.record("run.started", data, values)
    d.known = event.known
    if d.world.definition.sla is not None:
        deadlines.begin(d, "", d.world.definition.sla)
    limit = d.world.definition.limits.get("duration")
    if limit is not None:
        d.arm([(RUN_LIMIT, "process", d.now.process + timedelta(seconds=limit))])
    d.entering.append(d.world.definition.steps[0].path)
    if event.paused is not None:
        control.paused(d, PauseRequested(event.paused, "workflow"))


def _timer_fired(d: Deciding, event: TimerFired) -> None:
    timer = d.work.timers.get(event.name)
    if timer is None or timer.generation != event.generation or timer.status in ("fired", "held"):
        return
    if timer.status == "stopped":
        # A decision or an end came first; that this timer lost is a fact worth keeping.
        d.record("timer.lost", {"name": timer.name, "due_at": timer.due_at.isoformat()})
        return
    clock = d.now.process if timer.clock == "process" else d.now.system
    if clock < timer.due_at:
        return
    d.record("timer.fired", {"name": timer.name, "due_at": timer.due_at.isoformat()})
    if event.name == RUN_LIMIT:
        error = {"class": "permanent", "code": "run_limit", "message": "The run took longer than its limit."}
        ending.begin(d, "failed", "failed", "The run's time limit has passed.", error)
        return
    subject, _, what = event.name.rpartition(":")
    if what == "retry":
        _retry_due(d, subject)
    elif what.startswith(f"{deadlines.SLA}."):
        deadlines.reached(d, subject, what.removeprefix(f"{deadlines.SLA}."), timer.due_at)
    elif what == waits.OVER:
        _wait_is_over(d, subject, timer.due_at)
    elif what == "admission":
        attempts.admission_due(d, subject)
    elif what == TIMEOUT:
        flow.timed_out(d, subject)
    else:
        answers.timer_due(d, subject, what, event, timer.due_at)


def _retry_due(d: Deciding, path: str) -> None:
    if d.work.steps[path].kind != "workflow":
        attempts.retry_due(d, path)
    elif d.work.steps[path].status == "retrying":
        children.ask(d, path)


def _wait_is_over(d: Deciding, path: str, due_at: datetime) -> None:
    result = waits.over(d, path, due_at)
    if result is not None:
        flow.succeed(d, path, result)


def _event_arrived(d: Deciding, event: EventArrived) -> None:
    flow.succeed(d, event.path, waits.arrived(d, event))


def _child_ended(d: Deciding, event: ChildEnded) -> None:
    try:
        found = children.ended(d, event)
    except ExpressionError as error:
        open_incident(d, event.path, flow.expression_error(error))
        return
    if isinstance(found, AttemptFailed):
        attempts.child_failed(d, found)
    else:
        flow.succeed(d, event.path, found)


def _child_undone(d: Deciding, event: ChildUndone) -> None:
    flow.succeed(d, ending.child_undone(d, event), None)


_HANDLERS: Mapping[type[Event], Callable[[Deciding, Any], None]] = {
    Started: _started,
    AttemptLeased: attempts.leased,
    AttemptDeferred: attempts.deferred,
    LimitLifted: attempts.limit_lifted,
    AttemptSucceeded: attempts.succeeded,
    AttemptFailed: attempts.failed,
    AttemptLost: attempts.lost,
    AttemptReturned: attempts.returned,
    DecisionGiven: answers.given,
    DecisionTakenBack: answers.taken_back,
    ApproverAsked: approving.approver_asked,
    ReviewPaused: pausing.paused,
    ReviewResumed: pausing.resumed,
    OutageBegan: outages.began,
    OutageEnded: outages.ended,
    LevelCalled: answers.level_called,
    TimerFired: _timer_fired,
    EventArrived: _event_arrived,
    PauseRequested: control.paused,
    ResumeRequested: control.resumed,
    MigrationRequested: migrating.migrated,
    CancelRequested: control.cancelled,
    ChildEnded: _child_ended,
    ChildUndone: _child_undone,
    UndoRequested: ending.undo_again,
    UndosTaken: ending.undos_taken,
}

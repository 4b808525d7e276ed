"""What somebody does to a run as a whole: pausing it, going on with it, cancelling it.

A paused run starts no new step. What is running may finish, and what it would have led to is kept in `held`, by
path. Its timers stand still; those of the process run on later by as much as the pause was long. A person, its workflow
and its parent may each hold it; it goes on when the last of them lets go, or when a person says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from orchestration.core import ending
from orchestration.core.changes import instant
from orchestration.core.deciding import Deciding
from orchestration.core.effects import CallStep, ChildFollows, Effect, GoOnReview, StandStillReview
from orchestration.core.events import CancelRequested, PauseRequested, ResumeRequested
from orchestration.core.state import StepState, TimerState
from orchestration.exceptions import InvalidTransition

ASKING = ("open", "decided")


def paused(d: Deciding, event: PauseRequested) -> None:
    _require_open(d, "paused")
    if event.by in d.work.run.paused_by:
        raise InvalidTransition("The run is paused already.")
    data = {"reason": event.reason, "by": event.by}
    if d.work.run.paused_at is not None:
        d.record("run.held_by", data)
        return
    d.record("run.paused", data)
    d.hold(timer.name for timer in d.all_timers() if timer.status == "armed")
    d.effects += [StandStillReview(step.review["key"], d.now.process) for step in _asking(d) if step.review]
    d.effects += _followers(d)


def resumed(d: Deciding, event: ResumeRequested) -> None:
    _require_open(d, "resumed")
    run = d.work.run
    if run.paused_at is None:
        raise InvalidTransition("The run is not paused.")
    if event.by is not None and event.by not in run.paused_by:
        raise InvalidTransition(f"The run is not held by its {event.by}.")
    if event.by is not None and len(run.paused_by) > 1:
        d.record("run.let_go", {"by": event.by})
        return
    pause = d.now.process - run.paused_at
    held = [timer for timer in d.all_timers() if timer.status == "held"]
    d.record("run.resumed", {"paused_for": pause.total_seconds()})
    for step in _asking(d):
        _move_review(d, step, pause)
    d.arm((timer.name, timer.clock, _later(timer, pause)) for timer in held)
    d.entering.extend(run.held)
    d.effects += [CallStep(step.path) for step in d.all_steps() if step.status == "ready"]
    d.effects += _followers(d)


def cancelled(d: Deciding, event: CancelRequested) -> None:
    _require_open(d, "cancelled")
    ending.begin(d, "cancelled", "cancelled", event.reason)


def keep_for_later(d: Deciding) -> None:
    """What a paused run comes to is entered when it goes on."""
    if d.entering:
        d.record("run.held", {"paths": list(d.entering)})
        d.entering.clear()


def _require_open(d: Deciding, verb: str) -> None:
    if d.work.run.status != "running":
        raise InvalidTransition(f"The run cannot be {verb}: it is {d.work.run.status} already.")


def _followers(d: Deciding) -> list[Effect]:
    """Runs that end with this one also pause with it, and go on with it."""
    waiting = [step for step in d.all_steps() if step.kind == "workflow" and step.status == "waiting"]
    bound = [step for step in waiting if d.world.definition.at(step.path).spec.get("parent_ends") != "leave"]
    return [ChildFollows(step.path, step.attempts) for step in bound]


def _asking(d: Deciding) -> list[StepState]:
    return [step for step in d.all_steps() if step.review is not None and step.review["status"] in ASKING]


def _later(timer: TimerState, pause: timedelta) -> Any:
    return timer.due_at + pause if timer.clock == "process" else timer.due_at


def _move_review(d: Deciding, step: StepState, pause: timedelta) -> None:
    """The review's own instants move with its timers, and so do those that a decision stopped: taking the decision
    back must not find them overdue."""
    review = step.review or {}
    key, since = review["key"], d.now.process - pause
    if review.get("due_at") is not None or review.get("levels"):
        levels = [{**level, "at": _moved(level["at"], since, pause)} for level in review.get("levels", ())]
        moved = {"due_at": _moved(review.get("due_at"), since, pause), "levels": levels}
        d.record("review.moved", {"path": step.path, "key": key, "review": moved})
    if review["status"] == "decided":
        stopped = [timer for timer in d.timers_of(key) if _waits_for_undo(timer)]
        d.move((timer.name, timer.due_at + pause) for timer in stopped)
    d.effects.append(GoOnReview(key, since, pause))


def _waits_for_undo(timer: TimerState) -> bool:
    return timer.status == "stopped" and timer.clock == "process"


def _moved(at: str | None, since: datetime, pause: timedelta) -> str | None:
    """What had passed before the pause stays where it was."""
    if at is None or instant(at) < since:
        return at
    return (instant(at) + pause).isoformat()

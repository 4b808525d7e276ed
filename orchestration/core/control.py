"""What somebody does to a run as a whole: pausing it, going on with it, cancelling it.

A paused run starts no new step. What is running may finish, and what it would have led to is kept in `held`, by
path. Its timers stand still; what was left of those of the process is left when it goes on: wall time moves by as much
as the pause was long, working time is counted anew on its calendar. A person, its workflow and its parent may each hold
it; it goes on when the last of them lets go, or when a person says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orchestration.core import ending
from orchestration.core.changes import instant
from orchestration.core.deadlines import SLA
from orchestration.core.deciding import Deciding
from orchestration.core.effects import CallStep, ChildFollows, Effect, GoOnReview, StandStillReview
from orchestration.core.events import CancelRequested, PauseRequested, ResumeRequested
from orchestration.core.pausing import still
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
    since = run.paused_at
    held = [timer for timer in d.all_timers() if timer.status == "held"]
    d.record("run.resumed", {"paused_for": (d.now.process - since).total_seconds()})
    for step in _asking(d):
        _move_review(d, step, since)
    d.arm([(timer.name, timer.clock, _later(d, timer, since)) for timer in held])
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


def _later(d: Deciding, timer: TimerState, since: datetime) -> datetime:
    """When a timer that has stood still since then is due now."""
    if timer.clock != "process":
        return timer.due_at
    return still(d, timer.due_at, since, _calendar_of(d, timer.name))


def _calendar_of(d: Deciding, timer: str) -> str | None:
    """The calendar that the timer counts working time on."""
    subject, _, what = timer.rpartition(":")
    if what.startswith(f"{SLA}."):
        spec = d.world.definition.at(subject).spec[SLA] if subject else d.world.definition.sla
        return (spec or {}).get("calendar")
    step = d.work.run_step(subject)
    review = (step.review if step is not None else None) or {}
    return _counted_on(review, what) if review.get("key") == subject else None


def _counted_on(review: Mapping[str, Any], what: str) -> str | None:
    return str(review["calendar"]) if what in review.get("business", ()) else None


def _move_review(d: Deciding, step: StepState, since: datetime) -> None:
    """The review's own instants move with its timers, and so do those that a decision stopped: taking the decision
    back must not find them overdue."""
    review = step.review or {}
    key = review["key"]
    if review.get("due_at") is not None or review.get("levels"):
        levels = [
            {**level, "at": _moved(d, review, f"level.{level['index']}", level["at"], since)}
            for level in review.get("levels", ())
        ]
        moved = {"due_at": _moved(d, review, "breach", review.get("due_at"), since), "levels": levels}
        d.record("review.moved", {"path": step.path, "key": key, "review": moved})
    waits = ("held", "stopped") if review["status"] == "decided" else ("held",)
    clocks = [timer for timer in d.timers_of(key) if timer.clock == "process" and timer.status in waits]
    later = {timer.name: _later(d, timer, since) for timer in clocks}
    d.move([(timer.name, later[timer.name]) for timer in clocks if timer.status == "stopped"])
    instants = {name.rpartition(":")[2]: at for name, at in later.items()}
    d.effects.append(GoOnReview(key, since, d.now.process - since, instants))


def _moved(d: Deciding, review: Mapping[str, Any], what: str, at: str | None, since: datetime) -> str | None:
    """What had passed before the pause stays where it was."""
    if at is None or instant(at) < since:
        return at
    return still(d, instant(at), since, _counted_on(review, what)).isoformat()

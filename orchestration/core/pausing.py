"""A review that waits for something else than a decision: for an answer, or for later.

While its clock stands still nothing of it fires. What was left of each timer before the pause is left after it: wall
time moves by the length of the pause, working time is counted anew on the calendar that the review was opened with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestration.core.asked import asked_step, review_of
from orchestration.core.changes import instant
from orchestration.core.deciding import Deciding
from orchestration.core.effects import PersonRef, ResumeReview
from orchestration.core.events import ReviewPaused, ReviewResumed
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition

WAKE = "wake"  # the timer that ends a pause by itself
APART = (f":{WAKE}", ":undo")  # timers of a review that are none of its clocks


def paused(d: Deciding, event: ReviewPaused) -> None:
    step = asked_step(d, event.key, "open", "paused")
    if review_of(step).get("paused"):
        raise InvalidTransition(f"The review {event.key} cannot be paused: it is paused already.")
    names = [name for name in d.armed_of(event.key) if not name.endswith(APART)] if event.stops_clock else []
    held = {_short(name): d.work.timers[name].due_at.isoformat() for name in names}
    pause = {"why": event.why, "at": d.now.process.isoformat(), "held": held, "stops_clock": event.stops_clock}
    data = {"path": step.path, "key": event.key, "why": event.why, "until": _iso(event.until), "by": _by(event.by)}
    d.record("review.paused", {**data, "review": {"paused": pause}})
    d.stop(names)
    if event.until is not None:
        d.arm([(f"{event.key}:{WAKE}", "process", event.until)])


def resumed(d: Deciding, event: ReviewResumed) -> None:
    step = asked_step(d, event.key, "open", "resumed")
    if not review_of(step).get("paused"):
        raise InvalidTransition(f"The review {event.key} cannot be resumed: it is not paused.")
    end_pause(d, step, event.by, event.how)


def end_pause(d: Deciding, step: StepState, by: PersonRef | None, how: str) -> None:
    """Starts the clocks again, if the review is paused at all. `how`: taken_up or answered, decided, escalated, or its
    time was over; then, and where a level came by itself, `by` is nobody."""
    review = review_of(step)
    pause = review.get("paused")
    if not pause:
        return
    key, instants = review["key"], moved(d, review, pause)
    changed = {"paused": None, **changed_by(review, instants)}
    data = {"path": step.path, "key": key, "why": pause["why"], "by": _by(by) if by else None, "how": how}
    d.record("review.resumed", {**data, "review": changed})
    d.stop([name for name in d.armed_of(key) if name.endswith(f":{WAKE}")])
    d.arm((f"{key}:{name}", "process", at) for name, at in instants.items())
    d.effects.append(ResumeReview(key, d.now.process, instants, by))


def stops_clock(pause: Mapping[str, Any] | None) -> bool:
    """A pause of before it was written down held timers if it stopped the clock."""
    return pause is not None and bool(pause.get("stops_clock", pause["held"]))


def changed_by(review: Mapping[str, Any], instants: Mapping[str, datetime]) -> dict[str, Any]:
    """The review's own instants, as its timers have moved."""
    changed: dict[str, Any] = {"levels": [_later(level, instants) for level in review.get("levels", ())]}
    if "breach" in instants:
        changed["due_at"] = instants["breach"].isoformat()
    return changed


def moved(d: Deciding, review: Mapping[str, Any], pause: Mapping[str, Any]) -> dict[str, datetime]:
    """When each held timer is due now, by its short name."""
    began, business = instant(pause["at"]), frozenset(review.get("business", ()))
    return {
        name: still(d, instant(text), began, review["calendar"] if name in business else None)
        for name, text in pause["held"].items()
    }


def still(d: Deciding, due_at: datetime, since: datetime, calendar: str | None) -> datetime:
    """When something is due whose clock has stood still since then: what was left before is left now, in working time
    where it counts on a calendar."""
    if calendar is None:
        return due_at + (d.now.process - since)
    counted = d.world.calendar(calendar)
    return counted.add(d.now.process, max(counted.between(since, due_at), timedelta(0)))


def _later(level: Mapping[str, Any], instants: Mapping[str, datetime]) -> dict[str, Any]:
    at = instants.get(f"level.{level['index']}")
    return {**level, "at": at.isoformat()} if at is not None else dict(level)


def _short(name: str) -> str:
    return name.rpartition(":")[2]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _by(person: PersonRef) -> dict[str, str]:
    return {"id": person.id, "label": person.label}

"""The clocks of a review stopped for an outage: people may still decide, and nothing of it fires meanwhile.

An outage begins and ends where no pause and no paused run makes the clocks stand still already. What begins during one
finds nothing to hold, and where that outlasts the outage, the outage ends after it: so no time is counted twice, and
none that stood still.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.asked import asked_step, review_of
from orchestration.core.changes import instant
from orchestration.core.deciding import Deciding
from orchestration.core.effects import GoOnReview, StandStillReview
from orchestration.core.events import OutageBegan, OutageEnded
from orchestration.core.pausing import APART, changed_by, moved, stops_clock
from orchestration.exceptions import InvalidTransition


def began(d: Deciding, event: OutageBegan) -> None:
    step = asked_step(d, event.key, "open", "stopped")
    review = review_of(step)
    _require_running(d, review, "stopped")
    if review.get("outage"):
        raise InvalidTransition(f"The clocks of {event.key} cannot be stopped: they are already.")
    names = [name for name in d.armed_of(event.key) if not name.endswith(APART)]
    held = {name.rpartition(":")[2]: d.work.timers[name].due_at.isoformat() for name in names}
    outage = {"at": d.now.process.isoformat(), "reason": event.reason, "held": held}
    data = {"path": step.path, "key": event.key, "reason": event.reason, "by": event.by}
    d.record("review.clocks_stopped", {**data, "review": {"outage": outage}})
    d.stop(names)
    d.effects.append(StandStillReview(event.key, d.now.process))


def ended(d: Deciding, event: OutageEnded) -> None:
    """What was left of each clock is left now: in working time where it counts on a calendar."""
    step = asked_step(d, event.key, "open", "started")
    review = review_of(step)
    _require_running(d, review, "started")
    outage = review.get("outage")
    if not outage:
        raise InvalidTransition(f"The clocks of {event.key} cannot be started: nobody has stopped them.")
    left = {name: text for name, text in outage["held"].items() if not _fired(d, f"{event.key}:{name}")}
    instants, since = moved(d, review, {**outage, "held": left}), instant(outage["at"])
    stood = d.now.process - since
    data = {"path": step.path, "key": event.key, "by": event.by, "stood_still": stood.total_seconds()}
    d.record("review.clocks_started", {**data, "review": {"outage": None, **changed_by(review, instants)}})
    d.arm((f"{event.key}:{name}", "process", at) for name, at in instants.items())
    d.effects.append(GoOnReview(event.key, since, stood, instants))


def _require_running(d: Deciding, review: Mapping[str, Any], verb: str) -> None:
    if d.work.run.paused_at is not None or stops_clock(review.get("paused")):
        raise InvalidTransition(f"The clocks of {review['key']} cannot be {verb}: they stand still for another reason.")


def _fired(d: Deciding, name: str) -> bool:
    """A level that somebody has called meanwhile."""
    timer = d.work.timers.get(name)
    return timer is not None and timer.status == "fired"

"""Waiting: for a time, until an instant, or for an event that is matched by its name and key.

An event moves on one wait of a run: the one that has waited longest. One that arrived before its wait was armed, but
after the run began, is found when the wait is armed. An event that was received before the wait's time was over wins
over that timer, whichever is processed first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestration.core.calendars import ALWAYS_OPEN
from orchestration.core.deciding import Arrived, Deciding
from orchestration.core.effects import AwaitEvent, TakeEvent
from orchestration.core.events import EventArrived
from orchestration.core.language.definition import Step
from orchestration.core.language.expressions import ExpressionError, Value
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition

OVER = "over"  # what the timer of a wait is called
MAX_KEY = 255


def open_wait(d: Deciding, step: Step) -> dict[str, Any] | None:
    """Opens the wait. Gives the step's result where there is nothing to wait for any more."""
    return _open_event(d, step) if "event" in step.spec["wait"] else _open_time(d, step)


def over(d: Deciding, path: str, due_at: datetime) -> dict[str, Any] | None:
    """The time of a wait has come: its step's result. None where the step does not wait any more."""
    step = d.work.steps.get(path)
    if step is None or step.status != "waiting" or step.kind != "wait":
        return None
    spec = d.world.definition.at(path).spec["wait"]
    if "event" not in spec:
        return {"at": due_at.isoformat()}
    found = _first(d, step.input, not_after=due_at)
    if found is not None:
        return _taken(d, path, found)
    outcome = spec["unanswered"]["outcome"]
    d.record("wait.unanswered", {"path": path, "outcome": outcome})
    return {"outcome": outcome, "payload": None, "at": due_at.isoformat(), "id": None}


def arrived(d: Deciding, event: EventArrived) -> dict[str, Any]:
    """The result of the wait that this event moves on. Raises `InvalidTransition` where it does not wait for it."""
    step = d.work.steps.get(event.path)
    if step is None or not _waits_for(step, event):
        raise InvalidTransition(f"{event.path} does not wait for {event.name} any more.")
    timer = d.work.timers.get(f"{event.path}:{OVER}")
    if timer is not None and timer.status in ("armed", "held"):
        d.stop([timer.name])
    return _taken(d, event.path, Arrived(event.name, event.key, event.id, event.payload, event.received_at))


def _waits_for(step: StepState, event: EventArrived) -> bool:
    wanted = {"event": event.name, "key": event.key}
    return step.kind == "wait" and step.status == "waiting" and step.input == wanted


# ---- events --------------------------------------------------------------------------------------


def _open_event(d: Deciding, step: Step) -> dict[str, Any] | None:
    spec, path = step.spec["wait"], step.path
    wanted = {"event": spec["event"], "key": key_of(d, step)}
    d.open_step(step, "waiting", given=wanted)
    found = _first(d, wanted)
    if found is not None:
        return _taken(d, path, found)
    d.effects.append(AwaitEvent(path, wanted["event"], wanted["key"]))
    if "unanswered" in spec:
        d.arm([(f"{path}:{OVER}", "process", d.now.process + timedelta(seconds=spec["unanswered"]["after"]))])
    return None


def key_of(d: Deciding, step: Step) -> str:
    value = step.values["key"]
    return key_text(value, d.evaluate(value, step.path))


def key_text(value: Value, key: Any) -> str:
    """An event's key as text: 7, 7.0 and "7" are one key. `value` is what gave it."""
    if isinstance(key, bool) or not isinstance(key, str | int | float) or key == "":
        raise ExpressionError(value.text, {"key": key}, "The key of an event must be a text or a number")
    said = str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)
    if len(said) > MAX_KEY:
        raise ExpressionError(value.text, {"key": said}, f"The key of an event has at most {MAX_KEY} characters")
    return said


def _first(d: Deciding, wanted: Mapping[str, Any], not_after: datetime | None = None) -> Arrived | None:
    """The earliest event that arrived already and moved on no other wait of this run."""
    gone = {effect.id for effect in d.effects if isinstance(effect, TakeEvent) and effect.name == wanted["event"]}
    for found in d.world.events(wanted["event"], wanted["key"]):
        if found.id not in gone and (not_after is None or found.received_at <= not_after):
            return found
    return None


def _taken(d: Deciding, path: str, found: Arrived) -> dict[str, Any]:
    d.record("event.taken", {"path": path, "event": found.name, "id": found.id})
    d.effects.append(TakeEvent(found.name, found.id))
    at = found.received_at.isoformat()
    return {"outcome": "received", "payload": found.payload, "at": at, "id": found.id}


# ---- time ----------------------------------------------------------------------------------------


def _open_time(d: Deciding, step: Step) -> dict[str, Any] | None:
    spec, path = step.spec["wait"], step.path
    scope = None
    if "until" in spec:
        due_at = _instant(d, step)
    else:
        calendar = d.world.calendar(spec["calendar"]) if "calendar" in spec else ALWAYS_OPEN
        due_at = calendar.add(d.now.process, timedelta(seconds=spec["for"]))
        if "calendar" in spec:
            scope = {"policies": {f"calendar:{calendar.name}": calendar.version}}
    d.open_step(step, "waiting", scope=scope)
    if due_at <= d.now.process:
        return {"at": due_at.isoformat()}
    d.arm([(f"{path}:{OVER}", "process", due_at)])
    return None


def _instant(d: Deciding, step: Step) -> datetime:
    """An instant says its offset from UTC; without one nobody knows when it is."""
    value = step.values["until"]
    written = d.evaluate(value, step.path)
    try:
        found = datetime.fromisoformat(written)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        reason = "An instant is a text such as 2026-12-01T09:00:00+01:00"
        raise ExpressionError(value.text, {"until": written}, reason)
    return found

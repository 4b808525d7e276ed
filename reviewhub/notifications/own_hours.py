"""Reminders wait for the recipient's own hours: what is due at their night is mailed and pushed in their morning.

The notice in the application is there at once. What a queue lets wake people does not wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Notice
from reviewhub.reviews.models import Queue, ReviewTask

Kind = Notice.Kind
REMINDERS = frozenset({Kind.HALF, Kind.THREE_QUARTERS, Kind.BREACH, Kind.ASKED, Kind.NUDGED, Kind.AT_RISK, Kind.LATE})
MOMENT = timedelta(microseconds=1)


def waits(person: Person, kind: str, about: Mapping[str, Any]) -> float:
    """Seconds of system time until somebody is reminded; 0: now."""
    task = about.get("task")
    if kind not in REMINDERS or (task is not None and wakes(task)):
        return 0
    clock = ports.clock()
    now, speed = clock.process_now(), clock.speed()
    return max(0.0, (opens_at(person, now) - now).total_seconds() / speed) if speed else 0


def wakes(task: ReviewTask) -> bool:
    """Whether the task's reminders come at any hour."""
    if task.queue.wakes == Queue.Wakes.URGENT:
        return task.critical or task.priority == ReviewTask.Priority.URGENT
    return task.queue.wakes == Queue.Wakes.ALWAYS


def opens_at(person: Person, at: datetime) -> datetime:
    """The first instant from `at` on that is within the person's hours."""
    hours = _hours(person.zone, person.reached_from, person.reached_until, person.reached_on)
    return hours.add(at, MOMENT) - MOMENT


@lru_cache(maxsize=1000)
def _hours(zone: str, begins: time, ends: time, days: str) -> api.Calendar:
    """Hours that end before they begin go over midnight; those that end when they begin are the whole day."""
    begin, end = f"{begins:%H:%M}", f"{ends:%H:%M}"
    if begins < ends:
        blocks = [f"{begin}-{end}"]
    elif begins == ends or ends == time.min:
        blocks = ["00:00-24:00"] if begins == ends else [f"{begin}-24:00"]
    else:
        blocks = [f"00:00-{end}", f"{begin}-24:00"]
    return api.calendar_from({"name": "own", "zone": zone, "week": dict.fromkeys(days.split(","), blocks)})

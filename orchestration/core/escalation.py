"""When a review is due, when its people are warned, and when each level of its escalation is reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestration.core.calendars import Calendar


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a chain. `applies` is false where its condition did not hold: it is shown, and never fires."""

    index: int
    after: timedelta
    business: bool
    to: Mapping[str, str]  # {"kind": backup_of | manager_of | owner | user | role | group | queue, "of" or "name": …}
    priority: str | None
    mode: str  # add: all of them may decide | move: only the new ones
    applies: bool


@dataclass(frozen=True, slots=True)
class PlannedLevel:
    """A level and the instant at which it is reached."""

    level: Level
    at: datetime


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The instants of a review's SLA; all of them or none."""

    due_at: datetime | None
    half_at: datetime | None
    three_quarters_at: datetime | None


def deadlines(created_at: datetime, due: timedelta | None, calendar: Calendar) -> Deadlines:
    """`due`, its half and its three quarters, counted on the calendar."""
    if due is None:
        return Deadlines(None, None, None)
    return Deadlines(
        due_at=calendar.add(created_at, due),
        half_at=calendar.add(created_at, due / 2),
        three_quarters_at=calendar.add(created_at, due * 3 / 4),
    )


def schedule(created_at: datetime, levels: Iterable[Level], calendar: Calendar) -> tuple[PlannedLevel, ...]:
    """The levels in the order in which they fire; those due together in the order written."""
    planned = (PlannedLevel(level, _reached_at(created_at, level, calendar)) for level in levels)
    return tuple(sorted(planned, key=_firing_order))


def _reached_at(created_at: datetime, level: Level, calendar: Calendar) -> datetime:
    return calendar.add(created_at, level.after) if level.business else created_at + level.after


def _firing_order(planned: PlannedLevel) -> tuple[datetime, int]:
    return planned.at, planned.level.index

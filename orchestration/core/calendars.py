"""Business calendars: working time added to an instant, and counted between two.

A block of opening hours is given in the zone's wall time. Its edge is the first instant at which that wall clock shows
the edge's time or a later one. So an edge inside the hour that spring leaves out is the moment of the change, an edge
inside the hour that autumn repeats is its first pass, and blocks never overlap. Time inside a block is real, elapsed
time: a shift across a change of the clocks is an hour shorter or longer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

MIDNIGHT_AFTER = time.max  # as the end of a block: 24:00
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Block = tuple[time, time]
Week = tuple[tuple[Block, ...], ...]

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_NOTHING = timedelta(0)


class InvalidCalendar(ValueError):
    """A calendar's opening hours do not make sense."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours from Monday to Sunday, several blocks a day, in one zone, less the holidays.

    `add` and `between` take and give aware instants; results are in UTC.
    """

    name: str
    version: int
    zone: str
    week: Week
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        _check(self)

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The first instant at which `duration` of working time has passed since `start`."""
        if duration < _NOTHING:
            raise ValueError(f"Working time is only added forwards, and {duration} is less than nothing.")
        here, left = start.astimezone(UTC), duration
        if not left:
            return here
        for week in self._weeks_from(here):
            open_time = week.after(here)
            if open_time >= left:
                return week.reach(here, left)
            left -= open_time
        raise OverflowError(f"{duration} of working time after {start} is beyond the end of the calendar.")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; negative where the end is the earlier one."""
        if end < start:
            return -self.between(end, start)
        here, until, total = start.astimezone(UTC), end.astimezone(UTC), _NOTHING
        for week in self._weeks_from(here):
            if week.begins_at >= until:
                break
            total += week.after(here) - week.after(until)
        return total

    def _weeks_from(self, instant: datetime) -> Iterator[_OpenWeek]:
        day = instant.astimezone(ZoneInfo(self.zone)).date()
        monday = day - day.weekday() * _DAY
        while monday <= date.max - _WEEK:
            yield _open_week(self, monday)
            monday += _WEEK


@dataclass(frozen=True, slots=True)
class _OpenWeek:
    """One real week: its blocks as instants, and the working time that lies before each of them."""

    begins_at: datetime
    starts: tuple[datetime, ...]
    ends: tuple[datetime, ...]
    before: tuple[timedelta, ...]  # one more than there are blocks: the last is the whole week's

    def after(self, instant: datetime) -> timedelta:
        """The week's working time that lies after `instant`."""
        index = bisect_right(self.starts, instant)
        if index == 0:
            return self.before[-1]
        inside = max(self.ends[index - 1] - instant, _NOTHING)
        return self.before[-1] - self.before[index] + inside

    def reach(self, instant: datetime, left: timedelta) -> datetime:
        """Where `left` more working time ends, within this week's working time after `instant`."""
        for start, end in zip(self.starts, self.ends, strict=True):
            here = max(start, instant)
            if end - here >= left:
                return here + left
            left -= max(end - here, _NOTHING)
        raise AssertionError("the week has less working time left than it said")  # pragma: no cover


@lru_cache(maxsize=4096)
def _open_week(calendar: Calendar, monday: date) -> _OpenWeek:
    zone = ZoneInfo(calendar.zone)
    starts, ends, before = [], [], [_NOTHING]
    for offset, blocks in enumerate(calendar.week):
        day = monday + offset * _DAY
        if day in calendar.holidays:
            continue
        for opens, closes in blocks:
            start, end = _instant(zone, datetime.combine(day, opens)), _instant(zone, _closing(day, closes))
            if start < end:
                starts.append(start)
                ends.append(end)
                before.append(before[-1] + (end - start))
    begins_at = _instant(zone, datetime.combine(monday, time.min))
    return _OpenWeek(begins_at, tuple(starts), tuple(ends), tuple(before))


def _closing(day: date, closes: time) -> datetime:
    return datetime.combine(day + _DAY, time.min) if closes == MIDNIGHT_AFTER else datetime.combine(day, closes)


def _instant(zone: ZoneInfo, wall: datetime) -> datetime:
    """The first instant at which the zone's wall clock shows `wall` or later."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return early
    # The clocks skip this time: the change lies between what it would be by the new offset and by the old one.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), early
    while after - before > timedelta(microseconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


def calendar_from(raw: Mapping[str, Any]) -> Calendar:
    """`{"name", "version", "zone", "week": {"mon": ["09:00-12:30", "13:30-24:00"], …}, "holidays": ["2026-12-25"]}`.

    Days that are not named are closed. Raises `InvalidCalendar`, which says what is wrong.
    """
    week = raw["week"]
    unknown = sorted(set(week) - set(DAYS))
    if unknown:
        raise InvalidCalendar(f"{', '.join(unknown)}: not a day of the week; write {', '.join(DAYS)}.")
    try:
        holidays = frozenset(date.fromisoformat(str(day)) for day in raw.get("holidays", ()))
    except ValueError as error:
        raise InvalidCalendar(f"A holiday is a date like 2026-12-25: {error}") from error
    return Calendar(
        name=str(raw["name"]),
        version=int(raw.get("version", 1)),
        zone=str(raw["zone"]),
        week=tuple(tuple(_block(text) for text in week.get(day, ())) for day in DAYS),
        holidays=holidays,
    )


def _block(text: str) -> Block:
    opens, _, closes = text.replace(" ", "").partition("-")
    try:
        return time.fromisoformat(opens), MIDNIGHT_AFTER if closes == "24:00" else time.fromisoformat(closes)
    except ValueError as error:
        raise InvalidCalendar(f"{text!r}: opening hours are written like 09:00-17:30 ({error}).") from error


def _check(calendar: Calendar) -> None:
    try:
        ZoneInfo(calendar.zone)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidCalendar(f"{calendar.zone!r} is not a time zone; write one like Europe/Stockholm.") from error
    if len(calendar.week) != len(DAYS):
        raise InvalidCalendar("A calendar's week has seven days.")
    if not any(calendar.week):
        raise InvalidCalendar("A calendar without opening hours would never come to an end.")
    for name, blocks in zip(DAYS, calendar.week, strict=True):
        _check_day(name, blocks)


def _check_day(name: str, blocks: tuple[Block, ...]) -> None:
    closed_at = time.min
    for opens, closes in blocks:
        if opens.tzinfo is not None or closes.tzinfo is not None:
            raise InvalidCalendar(f"{name}: opening hours are wall time and carry no zone.")
        if closes <= opens:
            raise InvalidCalendar(f"{name}: {opens}-{closes} ends before it begins; split it at 24:00.")
        if opens < closed_at:
            raise InvalidCalendar(f"{name}: {opens}-{closes} begins before the block ahead of it ends.")
        closed_at = closes


ALWAYS_OPEN = Calendar("always", 1, "UTC", (((time.min, MIDNIGHT_AFTER),),) * 7)

"""Business calendars: a table worked out by hand, and properties against a clock read every quarter of an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.core.calendars import ALWAYS_OPEN, MIDNIGHT_AFTER, Calendar, InvalidCalendar, calendar_from

QUARTER = timedelta(minutes=15)
H = timedelta(hours=1)


def office(zone: str = "Europe/Stockholm", **more: object) -> Calendar:
    days = {day: ["09:00-12:00", "13:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
    return calendar_from({"name": "office", "version": 3, "zone": zone, "week": days, **more})


def night(zone: str = "Europe/Stockholm") -> Calendar:
    """Ten in the evening until six in the morning, every night."""
    blocks = ["00:00-06:00", "22:00-24:00"]
    return calendar_from({"name": "night", "zone": zone, "week": dict.fromkeys(_days(), blocks)})


def every_day(block: str, zone: str) -> Calendar:
    return calendar_from({"name": "daily", "zone": zone, "week": {day: [block] for day in _days()}})


def _days() -> tuple[str, ...]:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


EARLY = every_day("02:30-05:00", "Europe/Stockholm")
SAMOA = every_day("00:00-24:00", "Pacific/Apia")
CHRISTMAS = office(holidays=["2026-12-24", "2026-12-25"])

TABLE = [
    # remark, calendar, from (UTC), working time, until (UTC)
    ("within a block", office(), "2026-11-18 08:30", 2 * H, "2026-11-18 10:30"),
    ("ends exactly where a block ends", office(), "2026-11-18 08:00", 3 * H, "2026-11-18 11:00"),
    ("over lunch", office(), "2026-11-18 10:00", 2 * H, "2026-11-18 13:00"),
    ("from lunch", office(), "2026-11-18 11:30", 1 * H, "2026-11-18 13:00"),
    ("overnight", office(), "2026-11-18 15:00", 2 * H, "2026-11-19 09:00"),
    ("over the weekend", office(), "2026-11-20 15:00", 2 * H, "2026-11-23 09:00"),
    ("from a Sunday", office(), "2026-11-22 12:00", 1 * H, "2026-11-23 09:00"),
    ("two whole weeks", office(), "2026-11-18 08:00", 70 * H, "2026-12-01 16:00"),
    ("over Christmas and the weekend behind it", CHRISTMAS, "2026-12-23 15:00", 2 * H, "2026-12-28 09:00"),
    ("the weekend in which the clocks go forward", office(), "2026-03-27 15:00", 2 * H, "2026-03-30 08:00"),
    ("the weekend in which the clocks go back", office(), "2026-10-23 14:00", 2 * H, "2026-10-26 09:00"),
    ("a night of eight hours", night(), "2026-11-18 21:00", 8 * H, "2026-11-19 05:00"),
    ("the spring night has seven", night(), "2026-03-28 21:00", 7 * H, "2026-03-29 04:00"),
    ("the autumn night has nine", night(), "2026-10-24 20:00", 9 * H, "2026-10-25 05:00"),
    ("opening in the hour that is left out", EARLY, "2026-03-29 00:00", 1 * H, "2026-03-29 02:00"),
    ("opening in the hour that comes twice", EARLY, "2026-10-25 00:00", 1 * H, "2026-10-25 01:30"),
    ("New York's spring is another week", office("America/New_York"), "2026-03-06 21:00", 2 * H, "2026-03-09 14:00"),
    ("half an hour east of the hour", office("Asia/Kolkata"), "2026-11-18 11:00", 1 * H, "2026-11-19 04:00"),
    ("the day that Samoa never had", SAMOA, "2011-12-30 09:00", 2 * H, "2011-12-30 11:00"),
    ("the last of February in a leap year", office(), "2028-02-28 15:00", 2 * H, "2028-02-29 09:00"),
    ("a leap day is a day of work", office(), "2028-02-29 15:00", 2 * H, "2028-03-01 09:00"),
    ("no leap day in the year before", office(), "2027-02-26 15:00", 2 * H, "2027-03-01 09:00"),
    ("a leap day that is a Sunday", office(), "2032-02-27 15:00", 2 * H, "2032-03-01 09:00"),
    ("no leap day in 2100", office(), "2100-02-26 15:00", 2 * H, "2100-03-01 09:00"),
    ("a leap day off", office(holidays=["2028-02-29"]), "2028-02-28 15:00", 2 * H, "2028-03-01 09:00"),
    ("half an hour of daylight saving", office("Australia/Lord_Howe"), "2026-10-02 05:00", 2 * H, "2026-10-04 22:30"),
    ("always open is wall time", ALWAYS_OPEN, "2026-03-28 21:17", 1000 * H, "2026-05-09 13:17"),
]  # fmt: skip


@pytest.mark.parametrize(("remark", "calendar", "start", "duration", "end"), TABLE, ids=[row[0] for row in TABLE])
def test_working_time_is_added_and_counted(
    remark: str, calendar: Calendar, start: str, duration: timedelta, end: str
) -> None:
    assert calendar.add(utc(start), duration) == utc(end), remark
    assert calendar.between(utc(start), utc(end)) == duration, remark


def test_nothing_added_to_a_closed_instant_stays_there() -> None:
    sunday = utc("2026-11-22 12:00")
    assert office().add(sunday, timedelta(0)) == sunday


def test_closed_time_counts_nothing() -> None:
    assert office().between(utc("2026-11-20 16:00"), utc("2026-11-23 08:00")) == timedelta(0)


def test_counting_backwards_is_negative() -> None:
    assert office().between(utc("2026-11-18 10:00"), utc("2026-11-18 08:30")) == timedelta(minutes=-90)


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    there = datetime(2026, 11, 18, 4, 0, tzinfo=ZoneInfo("America/New_York"))
    assert office().add(there, H) == utc("2026-11-18 10:00")
    assert office().add(there, H).tzinfo is UTC


def test_working_time_is_not_added_backwards() -> None:
    with pytest.raises(ValueError, match="only added forwards"):
        office().add(utc("2026-11-18 10:00"), -H)


def test_working_time_beyond_the_calendar_is_an_error_and_not_an_endless_search() -> None:
    once = every_day("09:00-10:00", "UTC")
    with pytest.raises(OverflowError):
        once.add(utc("9999-11-18 10:00"), 1000 * H)


def test_ten_years_are_quick() -> None:
    calendar, start = office(), utc("2026-01-01 00:00")
    end = calendar.add(start, 18_000 * H)
    begun = process_time()
    assert calendar.between(start, end) == 18_000 * H
    assert process_time() - begun < 0.1


WRONG = [
    ("an unknown zone", {"zone": "Europe/Atlantis"}, "not a time zone"),
    ("an unknown day", {"week": {"funday": ["09:00-10:00"]}}, "funday: not a day"),
    ("never open", {"week": {}}, "without opening hours"),
    ("ends before it begins", {"week": {"mon": ["22:00-06:00"]}}, "split it at 24:00"),
    ("overlapping", {"week": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "begins before the block ahead"),
    ("no end", {"week": {"mon": ["09:00"]}}, "written like 09:00-17:30"),
    ("no time at all", {"week": {"mon": ["nine-five"]}}, "written like 09:00-17:30"),
    ("a holiday that is no date", {"holidays": ["Christmas"]}, "A holiday is a date"),
]


@pytest.mark.parametrize(("remark", "wrong", "said"), WRONG, ids=[row[0] for row in WRONG])
def test_a_calendar_that_makes_no_sense_says_why(remark: str, wrong: dict[str, object], said: str) -> None:
    raw = {"name": "office", "zone": "UTC", "week": {"mon": ["09:00-10:00"]}, **wrong}
    with pytest.raises(InvalidCalendar, match=said):
        calendar_from(raw)


def test_a_block_may_end_at_midnight() -> None:
    calendar = every_day("22:00-24:00", "UTC")
    assert calendar.week[0] == ((time(22), MIDNIGHT_AFTER),)
    assert calendar.add(utc("2026-11-18 22:00"), 2 * H) == utc("2026-11-19 00:00")


# ---- properties --------------------------------------------------------------------------------

ZONES = ("UTC", "Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns")
BASE = datetime(2026, 1, 1, tzinfo=UTC)
QUARTERS_A_DAY = 96
LONG_AGO = utc("1900-01-01").replace(tzinfo=None)


@st.composite
def blocks(draw: st.DrawFn) -> tuple[tuple[time, time], ...]:
    edges = sorted(draw(st.sets(st.integers(0, QUARTERS_A_DAY), max_size=6)))
    if len(edges) % 2:
        edges = edges[:-1]
    return tuple((_edge(a), _edge(b)) for a, b in zip(edges[::2], edges[1::2], strict=True))


def _edge(quarter: int) -> time:
    return MIDNIGHT_AFTER if quarter == QUARTERS_A_DAY else time(quarter // 4, quarter % 4 * 15)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = tuple(draw(blocks()) for _ in range(7))
    if not any(week):
        week = (((time(9), time(17)),), *week[1:])
    holidays = draw(st.sets(st.dates(date(2026, 3, 1), date(2026, 4, 30)), max_size=5))
    return Calendar("drawn", 1, draw(st.sampled_from(ZONES)), week, frozenset(holidays))


# Around the changes of the clocks of spring and autumn, north and south.
instants = st.sampled_from(
    ["2026-03-07", "2026-03-27", "2026-04-03", "2026-10-02", "2026-10-23", "2026-10-30"]
).flatmap(lambda day: st.integers(0, 60 * 24 * 4).map(lambda minutes: utc(f"{day} 00:00") + timedelta(minutes=minutes)))
durations = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(calendars(), instants, durations)
def test_between_undoes_add(calendar: Calendar, start: datetime, duration: timedelta) -> None:
    assert calendar.between(start, calendar.add(start, duration)) == duration


@given(calendars(), instants, durations, durations)
def test_adding_twice_is_adding_the_sum(calendar: Calendar, start: datetime, a: timedelta, b: timedelta) -> None:
    assert calendar.add(calendar.add(start, a), b) == calendar.add(start, a + b)


@given(calendars(), instants, durations, durations)
def test_add_is_monotonic(calendar: Calendar, start: datetime, later: timedelta, duration: timedelta) -> None:
    assert start <= calendar.add(start, duration) <= calendar.add(start + later, duration)
    assert calendar.add(start, duration) <= calendar.add(start, duration + later)


@given(calendars(), instants, instants, instants)
def test_between_is_additive(calendar: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)


@given(calendars(), instants, durations)
def test_add_gives_the_first_such_instant(calendar: Calendar, start: datetime, duration: timedelta) -> None:
    end = calendar.add(start, duration)
    if duration:
        assert calendar.between(start, end - timedelta(seconds=1)) < duration


@settings(max_examples=40)
@given(calendars(), st.sampled_from(["2026-03-06", "2026-03-27", "2026-04-03", "2026-10-02", "2026-10-23"]))
def test_counting_agrees_with_reading_the_clock_every_quarter_of_an_hour(calendar: Calendar, day: str) -> None:
    start = utc(f"{day} 12:00")
    end = start + timedelta(days=4)
    assert calendar.between(start, end) == _read_every_quarter(calendar, start, end)


def _read_every_quarter(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Open is when the latest time that the wall clock has shown so far lies in a block."""
    zone = ZoneInfo(calendar.zone)
    here, latest, total = start - timedelta(days=1), LONG_AGO, timedelta(0)
    while here < end:
        latest = max(latest, here.astimezone(zone).replace(tzinfo=None))
        if here >= start and _is_open(calendar, latest):
            total += QUARTER
        here += QUARTER
    return total


def _is_open(calendar: Calendar, wall: datetime) -> bool:
    if wall.date() in calendar.holidays:
        return False
    return any(a <= wall.time() and (b == MIDNIGHT_AFTER or wall.time() < b) for a, b in calendar.week[wall.weekday()])

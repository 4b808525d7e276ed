"""Instants and durations as people say them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from reviewhub.web.moments import brief, day_moment, moment, spoken
from tests.support.repeated_hours import REPEATED

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday

SAID = [
    (NOW + timedelta(hours=2), "14:00", "today: the clock alone"),
    (NOW + timedelta(days=1), "Tue 12:00", "tomorrow has its day"),
    (NOW - timedelta(days=6), "Tue 12:00", "the days before too"),
    (NOW + timedelta(days=7), "9 Mar 12:00", "a week on, a weekday would mislead"),
    (NOW + timedelta(days=400), "6 Apr 2027", "far off: the nearest such day is another"),
]


@pytest.mark.parametrize(("at", "said", "remark"), SAID)
def test_an_instant_is_said_by_how_far_off_it_is(at: datetime, said: str, remark: str) -> None:
    with timezone.override(UTC):
        assert moment(at, NOW) == said, remark


def test_the_day_is_the_viewers_own() -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Helsinki")):
        assert moment(late, NOW) == "Tue 00:30"
    with timezone.override(UTC):
        assert day_moment(late, NOW) == "Today 22:30"


ZONES = [
    ("Asia/Kathmandu", datetime(2026, 3, 2, 19, 30, tzinfo=UTC), "Tue 01:15", "a quarter of an hour beside the others"),
    ("America/St_Johns", datetime(2026, 3, 2, 19, 30, tzinfo=UTC), "16:00", "half an hour beside the others"),
    ("America/St_Johns", datetime(2026, 3, 8, 5, 29, tzinfo=UTC), "Sun 01:59", "the minute before the clock is put on"),
    ("America/St_Johns", datetime(2026, 3, 8, 5, 30, tzinfo=UTC), "Sun 03:00", "and the minute after"),
    ("Pacific/Kiritimati", datetime(2026, 3, 2, 12, 30, tzinfo=UTC), "02:30", "tomorrow already is today"),
]


@pytest.mark.parametrize(("zone", "at", "said", "remark"), ZONES)
def test_every_zone_has_its_own_clock(zone: str, at: datetime, said: str, remark: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert moment(at, NOW) == said, remark


@pytest.mark.parametrize(("zone", "now", "at", "said"), REPEATED)
def test_an_hour_that_comes_twice_says_which_of_the_two_it_is(
    zone: str, now: datetime, at: datetime, said: str
) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert moment(at, now) == said


def test_django_writes_moments_as_the_pages_do() -> None:
    assert [date_format(NOW, name) for name in ("DATE_FORMAT", "DATETIME_FORMAT", "TIME_FORMAT")] == [
        "2 Mar 2026",
        "2 Mar 2026, 12:00",
        "12:00",
    ]


SPANS = [
    (timedelta(seconds=59), "59s", "59 seconds"),
    (timedelta(seconds=60), "1m", "1 minute"),
    (timedelta(minutes=52, seconds=59), "52m", "52 minutes"),
    (timedelta(hours=1), "1h", "1 hour"),
    (timedelta(hours=47), "47h", "47 hours"),
    (timedelta(days=2), "2d", "2 days"),
    (-timedelta(minutes=18), "18m", "18 minutes"),
]


@pytest.mark.parametrize(("span", "short", "words"), SPANS)
def test_a_duration_is_said_in_its_largest_whole_unit(span: timedelta, short: str, words: str) -> None:
    assert (brief(span), spoken(span)) == (short, words)

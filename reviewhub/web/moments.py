"""Instants and durations as people say them, in the viewer's zone and against process time.

static/js/moments.js says the same things in the browser.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEAR_DAYS = 6
HALF_A_YEAR = 182  # days; a day and a month alone would mean the nearest ones


def iso(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def moment(at: datetime, now: datetime) -> str:
    """`14:52` today, `Fri 09:40` within six days, `3 Dec 14:52` within half a year, `3 Dec 2024` beyond.

    In an hour that the clock shows twice, `02:30 UTC+2` and then `02:30 UTC+1`.
    """
    zone = timezone.get_current_timezone()
    return _moment(at, _day(now, zone), zone, get_language())


@lru_cache(maxsize=100)
def _day(now: datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date()


@lru_cache(maxsize=4000)
def _moment(at: datetime, today: date, zone: tzinfo, language: str) -> str:
    """Kept for each zone: instants that are shown differently are equal."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M} {_from_utc(local)}" if _comes_twice(local) else f"{local:%H:%M}"
    apart = (local.date() - today).days
    if apart == 0:
        return clock
    if abs(apart) <= NEAR_DAYS:
        return f"{date_format(local, 'D')} {clock}"
    if abs(apart) <= HALF_A_YEAR:
        return f"{date_format(local, 'j M')} {clock}"
    return date_format(local, "j M Y")


def _comes_twice(local: datetime) -> bool:
    """The clock is put back over it. What it leaves out differs by fold too, but no instant is there."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _from_utc(local: datetime) -> str:
    """`UTC+2`, `UTC-3:30`: abbreviations of zones are not the same in every browser."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds()) // MINUTE
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def day_moment(at: datetime, now: datetime) -> str:
    """The same, with the day said when it is today: `Today 13:49`."""
    said = moment(at, now)
    return _("Today %(clock)s") % {"clock": said} if _is_today(at, now) else said


def day_moment_inside(at: datetime, now: datetime) -> str:
    """The same within a sentence: `today 13:49`."""
    said = moment(at, now)
    return _("today %(clock)s") % {"clock": said} if _is_today(at, now) else said


def _is_today(at: datetime, now: datetime) -> bool:
    return timezone.localtime(at).date() == timezone.localtime(now).date()


def brief(span: timedelta) -> str:
    """What fits into a ring: `52m`, `2h`, `3d`."""
    seconds = abs(span.total_seconds())
    if seconds < MINUTE:
        return f"{int(seconds)}s"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)}m"
    return f"{int(seconds // HOUR)}h" if seconds < 2 * DAY else f"{int(seconds // DAY)}d"


def age(span: timedelta) -> str:
    """As `brief`, but seconds are not counted: a list would have to be printed anew for each of them."""
    return _("now") if span.total_seconds() < MINUTE else brief(span)


def spoken(span: timedelta) -> str:
    """A duration in words, in its largest whole unit: `52 minutes`."""
    seconds = int(abs(span.total_seconds()))
    if seconds < MINUTE:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    if seconds < HOUR:
        return ngettext("%(n)d minute", "%(n)d minutes", seconds // MINUTE) % {"n": seconds // MINUTE}
    if seconds < 2 * DAY:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // HOUR) % {"n": seconds // HOUR}
    return ngettext("%(n)d day", "%(n)d days", seconds // DAY) % {"n": seconds // DAY}

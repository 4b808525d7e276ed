"""Public holidays by country, as finished dates. The package behind it is slow to load, so it stays off hot paths."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils import timezone

from orchestration.api import InvalidCalendar

_YEARS_AHEAD = 10


def holidays_of(country: str, subdivision: str = "") -> frozenset[date]:
    """From last year to ten years ahead. Raises InvalidCalendar for a country or subdivision that is not known."""
    this_year = timezone.now().year
    return _holidays(country, subdivision, this_year) if country else frozenset()


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str, this_year: int) -> frozenset[date]:
    import holidays

    years = range(this_year - 1, this_year + _YEARS_AHEAD + 1)
    try:
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError as error:
        raise InvalidCalendar(str(error)) from error
    return frozenset(found)

"""The views of the queue: what a person can ask to see, and how many there are of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import IntegerField, Subquery

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet

VIEWS: Mapping[str, str] = {
    "mine": "Mine",
    "team": "My teams’",
    "unassigned": "Unassigned",
    "at-risk": "At risk",
    "escalated": "Escalated to me",
    "aside": "Waiting for an answer",
    "done": "Done today",
}
COUNTED_UP_TO = 1000  # a longer view is not counted to its end: a page must not cost more because of it


@dataclass(frozen=True, slots=True)
class Moments:
    """The instants that views ask about."""

    process_now: datetime
    system_now: datetime
    midnight: datetime  # the start of the person's own day, on process time


def moments_of(person: Person) -> Moments:
    process_now = ports.clock().process_now()
    midnight = datetime.combine(process_now.astimezone(person.timezone).date(), time.min, tzinfo=person.timezone)
    return Moments(process_now, ports.clock().system_now(), midnight)


def view(name: str, person: Person) -> ReviewTaskQuerySet:
    """The tasks of one view, for `person`; chain filters, an order and a page onto it. KeyError for an unknown name."""
    return _VIEWS[name](person, moments_of(person))


def counts(person: Person) -> dict[str, int]:
    """How many tasks each view has, in one query; COUNTED_UP_TO stands for that many or more."""
    moments = moments_of(person)
    text, given = _counting(_Asking(person))
    with connection.cursor() as cursor:
        cursor.execute(text, [_now_of(value, moments) for value in given])
        row = cursor.fetchone()
    return dict(zip(VIEWS, row, strict=True))


# ---- the query that counts, put together once a person -----------------------------------------
# Putting it together costs several times what running it does. In it these instants stand for those of the moment.

_STANDING_FOR = {
    datetime(2999, 1, 1, tzinfo=UTC): "process_now",
    datetime(2999, 1, 2, tzinfo=UTC): "system_now",
    datetime(2999, 1, 3, tzinfo=UTC): "midnight",
}


class _Asking:
    """A person as far as the query depends on them: two that are equal get the same text."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._key = (
            person.pk,
            person.username,
            person.is_active,
            person.granted,
            person.queue_roles,
            connection.vendor,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asking) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=256)
def _counting(asking: _Asking) -> tuple[str, tuple[Any, ...]]:
    standing = Moments(**{name: instant for instant, name in _STANDING_FOR.items()})
    person = asking.person
    numbers = [_Counted(_VIEWS[name](person, standing).order_by().values("pk")[:COUNTED_UP_TO]) for name in VIEWS]
    text, given = Person.objects.filter(pk=person.pk).values_list(*numbers).query.sql_with_params()
    return text, tuple(given)


def _now_of(value: Any, moments: Moments) -> Any:
    name = _by_stored().get(value) if isinstance(value, datetime | str) else None
    return connection.ops.adapt_datetimefield_value(getattr(moments, name)) if name else value


@lru_cache(maxsize=2)
def _standing_as(vendor: str) -> dict[Any, str]:
    return {connection.ops.adapt_datetimefield_value(instant): name for instant, name in _STANDING_FOR.items()}


def _by_stored() -> dict[Any, str]:
    """What stands for an instant, as this database is given instants."""
    return _standing_as(connection.vendor)


class _Counted(Subquery):
    """The number of rows of a query that ends by itself."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def _mine(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.mine(person, at.system_now)


def _team(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.team(person)


def _unassigned(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.team(person).unassigned(at.system_now)


def _at_risk(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.visible_to(person).at_risk(at.process_now)


def _escalated(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.escalated_to(person)


def _aside(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.set_aside(person)


def _done(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.decided_by(person, at.midnight)


_VIEWS: Mapping[str, Callable[[Person, Moments], ReviewTaskQuerySet]] = {
    "mine": _mine,
    "team": _team,
    "unassigned": _unassigned,
    "at-risk": _at_risk,
    "escalated": _escalated,
    "aside": _aside,
    "done": _done,
}

"""The views of the queue: what a person can ask to see, and how many there are of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time

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


def view(name: str, person: Person) -> ReviewTaskQuerySet:
    """The tasks of one view, for `person`; chain filters, an order and a page onto it. KeyError for an unknown name."""
    return _VIEWS[name](person)


def counts(person: Person) -> dict[str, int]:
    """How many tasks each view has, in one query; COUNTED_UP_TO stands for that many or more."""
    numbers = [_Counted(view(name, person).order_by().values("pk")[:COUNTED_UP_TO]) for name in VIEWS]
    row = Person.objects.filter(pk=person.pk).values_list(*numbers).get()
    return dict(zip(VIEWS, row, strict=True))


class _Counted(Subquery):
    """The number of rows of a query that ends by itself."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def since_midnight(person: Person) -> datetime:
    """The start of the person's own day, on process time."""
    today = ports.clock().process_now().astimezone(person.timezone).date()
    return datetime.combine(today, time.min, tzinfo=person.timezone)


def _mine(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.mine(person, ports.clock().system_now())


def _team(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.team(person)


def _unassigned(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.team(person).unassigned(ports.clock().system_now())


def _at_risk(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.visible_to(person).at_risk(ports.clock().process_now())


def _escalated(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.escalated_to(person)


def _aside(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.set_aside(person)


def _done(person: Person) -> ReviewTaskQuerySet:
    return ReviewTask.objects.decided_by(person, since_midnight(person))


_VIEWS: Mapping[str, Callable[[Person], ReviewTaskQuerySet]] = {
    "mine": _mine,
    "team": _team,
    "unassigned": _unassigned,
    "at-risk": _at_risk,
    "escalated": _escalated,
    "aside": _aside,
    "done": _done,
}

"""The views of the queue: what a person can ask to see, and how many there are of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, time
from functools import lru_cache, reduce
from operator import add
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import DateTimeField, Func, IntegerField, Q, Subquery, TextField, UUIDField, Value
from django.db.models.functions import Cast

from orchestration import ports
from orchestration.api import statements
from reviewhub.accounts.models import Person
from reviewhub.compiled import INSTANTS, Statement, planned_once, statement_of
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import HOLDER, OF_A_ROW, ReviewTaskQuerySet, with_holders

VIEWS: Mapping[str, str] = {
    "mine": "Mine",
    "team": "My teams’",
    "unassigned": "Unassigned",
    "at-risk": "At risk",
    "escalated": "Escalated to me",
    "aside": "Waiting for an answer",
    "done": "Done today",
}
Values = tuple[Any, ...]
AS_TEXT = (DateTimeField, UUIDField)  # dear to read: a row that was shown a moment ago is known by its text
COUNTED_UP_TO = 1000  # a longer view is not counted to its end: a page must not cost more because of it


class Moments(NamedTuple):
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
    (row,) = _counting(_Asking(person)).rows(*moments_of(person))
    return {name: min(number, COUNTED_UP_TO) for name, number in zip(VIEWS, row, strict=True)}


def first_rows(name: str, person: Person, number: int) -> list[Values]:
    """The most urgent of a view, of which a page is asked most often: as the driver gives them, so that whoever has
    made something of the same values before need not do it again; see `task_of`. Instants and identifiers are texts."""
    return _first_rows(name, number, _Asking(person)).rows(*moments_of(person))


def task_of(values: Values) -> ReviewTask:
    """What a row of `first_rows` is."""
    names, readers = _read_by()
    read = [reader(value) for reader, value in zip(readers, values, strict=True)]
    return with_holders([ReviewTask.from_db("default", names, read)])[0]


def next_to_decide(name: str, person: Person) -> ReviewTask | None:
    """The most urgent one of a view that the person may decide and that nobody else has. Only its id is read."""
    for task in _following(name, _Asking(person)).objects(ReviewTask, *moments_of(person)):
        return task
    return None


# ---- queries that are put together once a person -----------------------------------------------


class _Asking:
    """A person as far as a query depends on them: two that are equal get the same text."""

    def __init__(self, person: Person) -> None:
        self.person = person
        held = (person.granted, person.queue_roles)
        self._key = (person.pk, person.username, person.is_active, held, connection.vendor)

    @property
    def own(self) -> frozenset[Any]:
        """What only this person's query has."""
        queues = (queue for queue, _ in self.person.queue_roles)
        workflows = (workflow for _, workflow in self.person.granted)
        return frozenset({self.person.pk, self.person.username, *queues, *workflows})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asking) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=1000)
def _counting(asking: _Asking) -> Statement:
    """Each part of a view is counted up to the bound. Some are asked for in an order that nobody sees: it leads to an
    index that is right for few tasks and for many, which a plan for everybody has to be."""
    person, at = asking.person, Moments(*INSTANTS)
    numbers = [
        reduce(add, (Counted(part.values("pk")[:COUNTED_UP_TO]) for part in _parts_of(name, person, at)))
        for name in VIEWS
    ]
    asked = Person.objects.filter(pk=person.pk).order_by().values_list(*numbers)
    return planned_once(asked, *INSTANTS, bound=asking.own)


def _parts_of(name: str, person: Person, at: Moments) -> Iterable[ReviewTaskQuerySet]:
    """A view to be counted: parts that share nothing."""
    match name:
        case "team":
            return ReviewTask.objects.team_in_parts(person)
        case "unassigned":
            return (part.unassigned(at.system_now) for part in ReviewTask.objects.team_in_parts(person))
        case "at-risk":
            late = ReviewTask.objects.concerning(person).at_risk(Unlooked(Value(at.process_now, DateTimeField())))
            return (late.order_by("three_quarters_at"),)
        case _:
            return (_VIEWS[name](person, at).order_by(),)


@lru_cache(maxsize=1000)
def _first_rows(name: str, number: int, asking: _Asking) -> Statement:
    tasks = _VIEWS[name](asking.person, Moments(*INSTANTS))
    shown = (Cast(name, TextField()) if isinstance(field, AS_TEXT) else name for name, field in _fields_of_a_row())
    return statement_of(tasks.for_rows().urgent_first().values_list(*shown, *HOLDER)[:number], *INSTANTS)


def _fields_of_a_row() -> list[tuple[str, Any]]:
    """The name and the field of each column; of a relation, the field that it holds."""
    columns = ((name, str(ReviewTask._meta.get_field(name).column)) for name in OF_A_ROW)  # type: ignore[union-attr] # noqa: SLF001 - public
    return [(name, statements.field_of(ReviewTask, column)) for name, column in columns]


@lru_cache(maxsize=1)
def _read_by() -> tuple[tuple[str, ...], tuple[Callable[[Any], Any], ...]]:
    """The names of a row's columns, and what makes each a value of the model."""
    columns = [str(ReviewTask._meta.get_field(name).column) for name in OF_A_ROW]  # type: ignore[union-attr] # noqa: SLF001 - public
    readers = [_reader(field) for _, field in _fields_of_a_row()]
    return (*columns, *HOLDER), (*readers, *[_as_it_is] * len(HOLDER))


def _reader(field: Any) -> Callable[[Any], Any]:
    return _instant if isinstance(field, DateTimeField) else statements.reader(field)


def _instant(text: str | None) -> datetime | None:
    """Without a zone it is UTC: so SQLite keeps them."""
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _as_it_is(value: Any) -> Any:
    return value


@lru_cache(maxsize=1000)
def _following(name: str, asking: _Asking) -> Statement:
    person, at = asking.person, Moments(*INSTANTS)
    free = Q(status="open") | Q(claimed_by=person) | Q(claim_expires_at__lte=at.system_now)
    tasks = _VIEWS[name](person, at).filter(free).pickable_by(person).not_declined_by(person).not_decided_by(person)
    return statement_of(tasks.urgent_first().only("id")[:1], *INSTANTS)


class Counted(Subquery):
    """The number of rows of a query that ends by itself."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


class Unlooked(Func):
    """A value that PostgreSQL does not look at while it plans: the plan for this moment then promises no more than the
    one for every moment, which it therefore keeps."""

    template = "(SELECT %(expressions)s)"


def _mine(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.mine(person, at.system_now)


def _team(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.team(person)


def _unassigned(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.team(person).unassigned(at.system_now)


def _at_risk(person: Person, at: Moments) -> ReviewTaskQuerySet:
    return ReviewTask.objects.concerning(person).at_risk(at.process_now)


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

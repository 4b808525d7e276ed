"""Queries that Django puts together once, and that are asked again and again with other values.

Putting a query set together costs several times what running it does. What every page asks is compiled on first use,
with instants and numbers that stand for the real ones; afterwards only the values are put in.

What PostgreSQL takes longer to plan than to answer is planned once a connection (`planned_once`). Such a plan is made
for no values in particular, so it has to be a good one for whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import RawQuerySet
from psycopg.sql import Literal

from orchestration.api import statements

M = TypeVar("M", bound=Model)

# Nothing that is asked for is ever one of these.
INSTANTS = tuple(datetime(2999, 1, day, tzinfo=UTC) for day in (1, 2, 3))
NUMBER = 2_000_000_999
NAME = "(stands for a name)"
IDENTITY = UUID("29990101-0000-4000-8000-000000000000")
MARK = re.compile("%%|%s")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one of the values goes."""

    index: int


@dataclass(frozen=True, slots=True)
class Statement:
    """For the database that it was compiled for. Values are given in the order in which they were stood for."""

    text: str
    given: tuple[Any, ...]
    is_planned_once: bool = False

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """As the driver gives them: for texts and numbers."""
        if self.is_planned_once:
            return statements.fetch(self.text, self._filled(values))
        with connection.cursor() as cursor:
            cursor.execute(self.text, self._filled(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def objects(self, model: type[M], *values: Any) -> RawQuerySet[M]:
        return RawQuerySet(self.text, model=model, params=tuple(self._filled(values)))

    def _filled(self, values: Sequence[Any]) -> list[Any]:
        adapted = [_adapted(value) for value in values]
        return [adapted[each.index] if isinstance(each, _Place) else each for each in self.given]


def statement_of(asked: QuerySet[Any, Any], *standing: Any) -> Statement:
    """`asked` with a place for the value of each that stands for one. It must not depend on them otherwise."""
    text, given = asked.query.sql_with_params()
    places = {(type(value), value): _Place(index) for index, value in enumerate(map(_adapted, standing))}
    return Statement(text, tuple(places.get((type(value), value), value) for value in given))


def planned_once(asked: QuerySet[Any, Any], *standing: Any, bound: Collection[Any] = ()) -> Statement:
    """As `statement_of`, for `rows`; people of whom as much is `bound` (their own numbers and names) share a plan.

    All other values become part of the text: a partial index is found by nothing else.
    """
    statement = statement_of(asked, *standing)
    if connection.vendor != "postgresql":
        return statement
    values, kept = iter(statement.given), []

    def written(mark: re.Match[str]) -> str:
        value = next(values) if mark[0] == "%s" else None
        if value is None or isinstance(value, _Place) or value in bound:
            kept.extend([value] if mark[0] == "%s" else [])
            return mark[0]
        return Literal(value).as_string(None).replace("%", "%%")

    return Statement(MARK.sub(written, statement.text), tuple(kept), is_planned_once=True)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value.hex if isinstance(value, UUID) and not connection.features.has_native_uuid_field else value

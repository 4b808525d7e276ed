"""Pages by keyset: a cursor holds the sort values of the last row, so a page costs the same however deep it lies."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from reviewhub.api.problems import Problem

_Row = TypeVar("_Row", bound=Model)
Readers = Mapping[str, Callable[[Any], Any]]

READERS: Readers = {"datetime": datetime.fromisoformat, "uuid": UUID, "int": int, "str": str}


@dataclass(frozen=True, slots=True)
class Keyset:
    """An order that no two rows share: `("-started_at", "datetime"), ("-id", "uuid")`. No column of it is nullable."""

    columns: tuple[tuple[str, str], ...]

    def page(self, rows: QuerySet[_Row], cursor: str | None, limit: int) -> tuple[list[_Row], str | None]:
        """The rows after the cursor, and the next cursor where there are more."""
        return self.page_of([rows], cursor, limit)

    def page_of(self, parts: Sequence[QuerySet[_Row]], cursor: str | None, limit: int) -> tuple[list[_Row], str | None]:
        """The same of several queries together, which may share rows."""
        after = self._after(self._read(cursor)) if cursor else Q()
        order = [column for column, _ in self.columns]
        each = (row for rows in parts for row in rows.order_by(*order).filter(after)[: limit + 1])
        found = list({row.pk: row for row in each}.values())
        if len(parts) > 1:  # a database's own order of texts stays as it is
            for column in reversed(order):
                found.sort(key=attrgetter(column.lstrip("-")), reverse=column.startswith("-"))
        return found[:limit], self._cursor(found[limit - 1]) if len(found) > limit else None

    def _after(self, values: Sequence[Any]) -> Q:
        """(a, b) > (x, y), written so that the index on a and b serves it."""
        after: Q | None = None
        for (column, _), value in reversed(list(zip(self.columns, values, strict=True))):
            name, beyond = (column[1:], "lt") if column.startswith("-") else (column, "gt")
            further = Q(**{f"{name}__{beyond}": value})
            after = further if after is None else further | Q(**{name: value}) & after
        first = self.columns[0][0]
        bound = f"{first[1:]}__lte" if first.startswith("-") else f"{first}__gte"
        return Q(**{bound: values[0]}) & (after or Q())

    def _cursor(self, row: Model) -> str:
        values = [getattr(row, column.lstrip("-")) for column, _ in self.columns]
        texts = [value.isoformat() if isinstance(value, datetime) else str(value) for value in values]
        return base64.urlsafe_b64encode(json.dumps(texts).encode()).decode().rstrip("=")

    def _read(self, cursor: str) -> list[Any]:
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            values = [READERS[kind](text) for (_, kind), text in zip(self.columns, texts, strict=True)]
        except (ValueError, TypeError, KeyError, binascii.Error, RecursionError):
            raise _bad_cursor() from None
        if any(isinstance(value, datetime) and value.tzinfo is None for value in values):
            raise _bad_cursor()
        if any(isinstance(value, str) and "\x00" in value for value in values):
            raise _bad_cursor()
        return values


def page_response(request: Request, items: Any, cursor: str | int | None, name: str = "cursor") -> Response:
    """`{"items": […], "next": address or null}`, and the same address as a Link header."""
    address = replace_query_param(request.get_full_path(), name, cursor) if cursor else None
    headers = {"Link": f'<{address}>; rel="next"'} if address else {}
    return Response({"items": items, "next": address}, headers=headers)


def _bad_cursor() -> Problem:
    return Problem("invalid", errors=[{"path": "/cursor", "message": "This is not a cursor of this list."}])

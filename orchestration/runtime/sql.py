"""The hot path's statements: plain text, made once from the models' columns, for many rows at a time.

The two databases differ in how rows travel. PostgreSQL gets the rows of each table as one JSON text, and everything
that one saving writes as one prepared statement. SQLite, which lives in this process, gets tuples, table by table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection, models

Row = Sequence[Any]
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode  # identifiers and instants read as their text


@dataclass(frozen=True, eq=False)
class Insert:
    """New rows; a row has one value a column, in their order."""

    model: type[models.Model]
    columns: tuple[str, ...]

    def postgres(self, rows: str) -> str:
        values = ", ".join(_from_json(self.model, index, name) for index, name in enumerate(self.columns))
        source = _given(rows)
        return f"INSERT INTO {table_of(self.model)} ({_listed(self.columns)}) SELECT {values} FROM {source}"  # noqa: S608

    def sqlite(self) -> str:
        marks = ", ".join("?" * len(self.columns))
        return f"INSERT INTO {table_of(self.model)} ({_listed(self.columns)}) VALUES ({marks})"  # noqa: S608


@dataclass(frozen=True, eq=False)
class Update:
    """Known rows; a row has the new values in the order of the columns, then those of the key."""

    model: type[models.Model]
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def postgres(self, rows: str) -> str:
        named = [f'"{name}" = {_from_json(self.model, index, name)}' for index, name in enumerate(self.columns)]
        keyed = [
            f'{table_of(self.model)}."{name}" = {_from_json(self.model, len(self.columns) + index, name)}'
            for index, name in enumerate(self.key)
        ]
        source = _given(rows)
        return f"UPDATE {table_of(self.model)} SET {', '.join(named)} FROM {source} WHERE {' AND '.join(keyed)}"  # noqa: S608

    def sqlite(self) -> str:
        named = ", ".join(f'"{name}" = ?' for name in self.columns)
        keyed = [f'"{name}" = ?' for name in self.key]
        return f"UPDATE {table_of(self.model)} SET {named} WHERE {' AND '.join(keyed)}"  # noqa: S608


Write = Insert | Update


def write(rows: Mapping[Write, Sequence[Row]]) -> None:
    """Writes all of it: one statement on PostgreSQL, one a table and kind on SQLite. Call inside a transaction."""
    given = {kind: some for kind, some in rows.items() if some}
    if not given:
        return
    if connection.vendor == "postgresql":
        fetch(_joined(tuple(given)), {f"rows_{index}": _encode(some) for index, some in enumerate(given.values())})
    else:
        for kind, some in given.items():
            _write_many(kind, some)


def fetch(text: str, given: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Runs one statement on the connection itself, past the ORM's cursor, and gives what it returns.

    While somebody counts queries it goes through Django's cursor, so that it is counted too.
    """
    if connection.queries_logged:
        with connection.cursor() as logged:
            logged.execute(text.replace("?", "%s") if connection.vendor == "sqlite" else text, given)
            return logged.fetchall() if logged.description else []
    connection.ensure_connection()
    with connection.wrap_database_errors:
        if connection.vendor == "postgresql":
            return _fetch_prepared(text, given)
        return list(connection.connection.execute(text, given))


def _fetch_prepared(text: str, given: Mapping[str, Any] | Sequence[Any]) -> list[tuple[Any, ...]]:
    """With a cursor that binds on the server: the statement is prepared once a connection (see `databases.py`)."""
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(text, given)
        return cursor.fetchall() if cursor.description else []


def _write_many(kind: Write, rows: Sequence[Row]) -> None:
    text, adapters = _for_sqlite(kind)
    adapted = [tuple(adapt(value) for adapt, value in zip(adapters, row, strict=True)) for row in rows]
    if connection.queries_logged:
        with connection.cursor() as logged:
            logged.executemany(text.replace("?", "%s"), adapted)
        return
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(text, adapted)


# ---- statements --------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _joined(kinds: tuple[Write, ...]) -> str:
    """One statement that writes everything: its parts run on the same snapshot and touch different rows."""
    *others, last = (kind.postgres(f"%(rows_{index})s::jsonb") for index, kind in enumerate(kinds))
    parts = ", ".join(f"part_{index} AS ({text})" for index, text in enumerate(others))
    return f"WITH {parts} {last}" if others else last


def _given(rows: str) -> str:
    """The condition is always so. Without it the planner expects a hundred rows, and of a young table it reads all to
    find them, for as long as the statement stays prepared; with it, it expects one, and finds each by its index."""
    return f"(SELECT value FROM jsonb_array_elements({rows}) WHERE jsonb_typeof(value) = 'array') AS given"  # noqa: S608


@lru_cache(maxsize=64)
def _for_sqlite(kind: Write) -> tuple[str, tuple[Callable[[Any], Any], ...]]:
    names = (*kind.columns, *(kind.key if isinstance(kind, Update) else ()))
    return kind.sqlite(), tuple(_to_sqlite(kind.model, name) for name in names)


def table_of(model: type[models.Model]) -> str:
    return f'"{model._meta.db_table}"'  # noqa: SLF001 - public


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _from_json(model: type[models.Model], index: int, name: str) -> str:
    field = field_of(model, name)
    if isinstance(field, models.JSONField):
        return f"NULLIF(given.value->{index}, 'null'::jsonb)"
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return f"(given.value->>{index})::{kind}"


@lru_cache(maxsize=512)
def field_of(model: type[models.Model], column: str) -> Any:
    """The model's field by its column; of a relation, the field that it holds."""
    found: Any = next(field for field in model._meta.concrete_fields if field.column == column)  # noqa: SLF001 - public
    return found.target_field if found.is_relation else found


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """All of a table's columns, but for a key that the database counts up itself."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - public
    return tuple(str(field.column) for field in fields if not isinstance(field, models.AutoField))


# ---- values ------------------------------------------------------------------------------------


def _to_sqlite(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    match field_of(model, name):
        case models.UUIDField():
            return _hex
        case models.DateTimeField():
            return _naive
        case models.JSONField():
            return _json
        case _:
            return _as_it_is


def _hex(value: UUID | str | None) -> str | None:
    return value.hex if isinstance(value, UUID) else value.replace("-", "") if value is not None else None


def _naive(value: datetime | None) -> str | None:
    return str(value.astimezone(UTC).replace(tzinfo=None)) if value is not None else None


def _json(value: Any) -> str | None:
    return json.dumps(value) if value is not None else None


def _as_it_is(value: Any) -> Any:
    return value


def reader(field: Any) -> Callable[[Any], Any]:
    """What makes a column's value, as `fetch` gives it, into the model's."""
    match field:
        case models.UUIDField():
            return _uuid
        case models.DateTimeField():
            return _aware
        case models.JSONField():
            return _parsed
        case _:
            return _as_it_is


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)


def _aware(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is not None else value.replace(tzinfo=UTC)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value

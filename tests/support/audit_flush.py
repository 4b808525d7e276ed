"""Lets the test runner empty the tables between tests although the audit tables refuse it.

Only the flush of the test runner passes; what a test itself tries is refused as in production.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations


def allow_flush() -> None:
    """Wraps the flush for this process. Calling it twice wraps once."""
    original = BaseDatabaseOperations.execute_sql_flush
    if not getattr(original, "passes_guards", False):
        BaseDatabaseOperations.execute_sql_flush = _passing(original)  # type: ignore[method-assign]


def _passing(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_sql_flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with _without_guards(self.connection):
            original(self, sql_list)

    execute_sql_flush.passes_guards = True  # type: ignore[attr-defined]
    return execute_sql_flush


@contextmanager
def _without_guards(connection: Any) -> Iterator[None]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            try:
                yield
            finally:
                cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            yield
        finally:
            for _, sql in triggers:
                cursor.execute(sql)

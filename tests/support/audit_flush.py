"""How the tables are emptied between tests that commit: although the audit tables refuse it, and in little time.

Only the flush of the test runner passes; what a test itself tries is refused as in production. Most tables have
nothing in them after a test, and emptying all of them anew, with what Django keeps for itself, took longer than most
tests do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.contenttypes.management import create_contenttypes
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.signals import post_migrate

KEPT = {"auth_permission", "django_content_type"}  # Django's own, the same after every migration
LARGE = 1 << 20  # bytes from which rows that were deleted one by one would be in the way


def allow_flush() -> None:
    """Replaces the flush for this process. Calling it twice replaces it once."""
    BaseDatabaseOperations.execute_sql_flush = _flush  # type: ignore[method-assign]


def _flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    connection: Any = self.connection
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT)
    with _without_guards(connection), transaction.atomic(connection.alias), connection.cursor() as cursor:
        _empty(connection, cursor, [connection.ops.quote_name(table) for table in tables])


def _empty(connection: Any, cursor: Any, tables: list[str]) -> None:
    if connection.vendor == "postgresql":
        sizes = (f"pg_relation_size('{table}')" for table in tables)
        cursor.execute(f"SELECT greatest({', '.join(sizes)})")
        if cursor.fetchone()[0] > LARGE:
            cursor.execute(f"TRUNCATE {', '.join(tables)}")
            return
    cursor.execute(f"SELECT {', '.join(f'EXISTS(SELECT 1 FROM {table})' for table in tables)}")
    for table, filled in zip(tables, cursor.fetchone(), strict=True):
        if filled:
            cursor.execute(f"DELETE FROM {table}")


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

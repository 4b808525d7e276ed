"""How PostgreSQL would carry out the hot path's statements, prepared as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import connection


def planned(text: str, given: Sequence[str], mode: str = "force_generic_plan") -> str:
    """The plan of a statement with psycopg's marks. `given`: each value as PostgreSQL reads it; `mode`: of the setting
    `plan_cache_mode`."""
    arguments = ", ".join("'" + each.replace("'", "''") + "'" for each in given)
    with connection.cursor() as cursor:
        cursor.execute(f"SET plan_cache_mode = {mode}")
        cursor.execute(f"PREPARE planned AS {_numbered(text)}")
        cursor.execute(f"EXPLAIN EXECUTE planned({arguments})")
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE planned")
        cursor.execute("RESET plan_cache_mode")
    return plan


def _numbered(text: str) -> str:
    """With $1, $2 … for the marks of psycopg; one mark that has a name is one parameter wherever it stands."""
    names: list[str] = []

    def number(mark: re.Match[str]) -> str:
        name = mark[1] or f"nameless {len(names)}"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return re.sub(r"%\((\w+)\)s|%s", number, text)

"""The hot path's statements against a full database: each has to find its rows by an index."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

from tests.support.plans import planned

STEP_RUNS = 1_000_000
STEPS_A_RUN = 5
_COPIED = (("orchestration_run", "id"), ("orchestration_steprun", "run_id"), ("orchestration_attempt", "run_id"))
_GROWS = re.compile(r"Seq Scan on (orchestration_(?:run|steprun|attempt|timer))\b")  # versions are few


def fill(workflow: str) -> None:
    """Copies the workflow's last finished run until there are a million step runs."""
    from django.db import connection

    runs = STEP_RUNS // STEPS_A_RUN
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orchestration_run WHERE status = 'succeeded' ORDER BY id DESC LIMIT 1")
        (template,) = cursor.fetchone()
        cursor.execute("CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id FROM generate_series(1, %s)", [runs])
        for table, key in _COPIED:
            columns = [name for name in _columns(cursor, table) if name not in ("id", "run_id", "event_id")]
            listed = ", ".join(f'"{name}"' for name in columns)
            cursor.execute(
                f"INSERT INTO {table} ({key}, {listed}) SELECT made.id, {listed} "
                f"FROM made, (SELECT {listed} FROM {table} WHERE {key} = %s) AS one",
                [template],
            )
        cursor.execute(
            "INSERT INTO orchestration_timer (run_id, name, within, clock, due_at, generation, status) "
            "SELECT id, 'one:retry', '', 'system', now(), 1, 'fired' FROM made"
        )
        cursor.execute("DROP TABLE made")
        cursor.execute("ANALYZE")


def _columns(cursor: Any, table: str) -> list[str]:
    cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
    return [name for (name,) in cursor.fetchall()]


def read_whole() -> dict[str, list[str]]:
    """Statements by name, and the engine's tables that each would read as a whole. Planned as prepared ones are."""
    return {name: _GROWS.findall(planned(text, given)) for name, text, given in _statements()}


def _statements() -> Iterator[tuple[str, str, list[str]]]:
    from orchestration.runtime import loading, parts, sql, store

    one, many = str(uuid.uuid4()), "{" + ",".join(str(uuid.uuid4()) for _ in range(64)) + "}"
    yield "lock a run", loading._lock("one"), [one]
    yield "lock runs", loading._lock("postgresql"), [many]
    yield "lock a run with a ready step", loading._lock_where_ready("postgresql"), [one, "one"]
    yield "lock runs with ready steps", loading._lock_ready("postgresql"), ["tools", "64"]
    yield "read a run", loading._load_postgres(True), [one]
    yield "read runs", loading._load_postgres(False), [many]
    bounds = ["{lines#7,lines#7/}", "{lines#70,lines#70}"]
    yield "read a part of a run", parts.parts_postgres(), [f"{{{one},{one}}}", *bounds, f"{{{one}}}", "{one}"]
    yield "read ready steps", loading._load_ready("postgresql"), [many, "{one}"]
    kinds = (store.END_ATTEMPT, store._UPDATE_RUN, store._MOVE_STEP, store._INSERT_STEP, store.INSERT_ATTEMPT)
    yield "write runs", sql._joined(kinds), ["[]"] * len(kinds)
    due = "WHERE status = 'armed' AND clock = %s AND due_at <= now() ORDER BY due_at LIMIT 500"
    yield "due timers", f"SELECT run_id FROM orchestration_timer {due}", ["system"]
    lost = "WHERE status = 'running' AND lease_expires_at <= now()"
    yield "expired leases", f"SELECT run_id FROM orchestration_attempt {lost} AND path <> %s", [""]

"""Reading many runs' states at once: their rows under their locks, and what of their steps and timers is needed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from orchestration.core.parts import Part
from orchestration.core.state import RunState, StepState, TimerState
from orchestration.models import Attempt, Run, StepRun, Timer, WorkflowVersion
from orchestration.runtime.sql import columns_of, fetch, field_of, reader, table_of

STEP_FIELDS = tuple(each.name for each in dataclass_fields(StepState))
TIMER_FIELDS = tuple(each.name for each in dataclass_fields(TimerState))
_COLUMNS = {"id": "step_id"}
ATTEMPT_COLUMNS = ("path", "number", "lease_token")
STEP_COLUMNS = tuple(_COLUMNS.get(name, name) for name in STEP_FIELDS)


@dataclass(slots=True)
class Loaded:
    """What was read of one run. `running` has the number and the fencing token of each attempt that is under way."""

    steps: dict[str, StepState] = field(default_factory=dict)
    timers: dict[str, TimerState] = field(default_factory=dict)
    running: dict[str, tuple[int, UUID]] = field(default_factory=dict)


# ---- runs --------------------------------------------------------------------------------------


def lock_runs(run_ids: Iterable[Any]) -> list[Run]:
    """Locks these runs in the order of their ids. Those that do not exist are left out."""
    wanted = list(run_ids)
    one = len(wanted) == 1 and connection.vendor == "postgresql"
    given = str(wanted[0]) if one else _ids(wanted)
    return [_run(values) for values in fetch(_lock("one" if one else connection.vendor), (given,))]


def lock_known(run_ids: Iterable[Any], *, wait: bool) -> dict[UUID, int]:
    """As `lock_runs`, for runs that are known already: gives how far each has come, its sequence. Without waiting,
    those that somebody else holds are left out."""
    locked = fetch(_lock_known(connection.vendor, wait), (_ids(run_ids),))
    return {run_id if isinstance(run_id, UUID) else UUID(run_id): sequence for run_id, sequence in locked}


def read_runs(run_ids: Iterable[Any]) -> list[Run]:
    """These runs without their locks: what they are a moment later, nobody knows."""
    return [_run(values) for values in fetch(_read(connection.vendor), (_ids(run_ids),))]


def lock_where_ready(run_id: Any, path: str) -> Run | None:
    """Locks the run if this step of it is ready; waits for nobody if it is not."""
    given = str(run_id) if connection.vendor == "postgresql" else _ids([run_id])
    rows = fetch(_lock_where_ready(connection.vendor), (given, path))
    return _run(rows[0]) if rows else None


def lock_ready(queue: str, limit: int) -> list[tuple[UUID, str]]:
    """Locks runs that have ready steps in this queue, and gives each such step, those that wait longest first.

    Runs that somebody else holds are passed over: he, or his hint, sees to their steps.
    """
    return _pairs(fetch(_lock_ready(connection.vendor), (queue, limit)))


def with_runs(ready: Sequence[tuple[UUID, str]], *known: Run) -> list[tuple[Run, str]]:
    """Each ready step with its run, which is locked. A run of many is read once: what it was given may be large."""
    rows = {row.id: row for row in known}
    unknown = {run_id for run_id, _ in ready} - rows.keys()
    rows |= {row.id: row for row in read_runs(unknown)} if unknown else {}
    return [(rows[run_id], path) for run_id, path in ready]


def next_ready(queue: str, number: int) -> list[tuple[UUID, str]]:
    """The steps that are ready in this queue, those that wait longest first. Locks nothing."""
    return _pairs(fetch(_next_ready(connection.vendor), (queue, number)))


def _pairs(found: Iterable[Sequence[Any]]) -> list[tuple[UUID, str]]:
    return [(run_id if isinstance(run_id, UUID) else UUID(run_id), path) for run_id, path in found]


def _run(values: Sequence[Any]) -> Run:
    """The row as the ORM would build it. Its version has no text: the compiled definition is kept in memory."""
    names, readers = _run_columns()
    row = Run.from_db("default", names, [read(value) for read, value in zip(readers, values, strict=False)])
    number, content_hash = values[len(names) :]
    row.version = _version(row.version_id, row.workflow_id, number, content_hash)
    return row


@lru_cache(maxsize=1024)
def _version(pk: int, workflow_id: int, number: int, content_hash: str) -> WorkflowVersion:
    names = ("id", "workflow_id", "number", "content_hash")
    return WorkflowVersion.from_db("default", names, (pk, workflow_id, number, content_hash))


@lru_cache(maxsize=1)
def _run_columns() -> tuple[tuple[str, ...], tuple[Any, ...]]:
    names = columns_of(Run)
    return names, tuple(reader(field_of(Run, name)) for name in names)


_RUNS = "SELECT {columns} FROM orchestration_run r JOIN orchestration_workflowversion v ON v.id = r.version_id"


def _runs() -> str:
    names, _ = _run_columns()
    return _RUNS.format(columns=", ".join([*(f'r."{name}"' for name in names), "v.number", "v.content_hash"]))


@lru_cache(maxsize=3)
def _lock(vendor: str) -> str:
    if vendor == "one":
        return _runs() + " WHERE r.id = %s::uuid FOR NO KEY UPDATE OF r"
    if vendor == "postgresql":
        return _runs() + " WHERE r.id = ANY(%s::uuid[]) ORDER BY r.id FOR NO KEY UPDATE OF r"
    return _runs() + " WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id"  # noqa: S608


@lru_cache(maxsize=4)
def _lock_known(vendor: str, wait: bool) -> str:
    text = "SELECT r.id, r.sequence FROM orchestration_run r"
    if vendor == "postgresql":
        held = "" if wait else " SKIP LOCKED"
        return f"{text} WHERE r.id = ANY(%s::uuid[]) ORDER BY r.id FOR NO KEY UPDATE OF r{held}"
    return f"{text} WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id"  # noqa: S608


@lru_cache(maxsize=2)
def _read(vendor: str) -> str:
    return _lock(vendor).removesuffix(" FOR NO KEY UPDATE OF r")


@lru_cache(maxsize=2)
def _lock_where_ready(vendor: str) -> str:
    ready = (
        "EXISTS (SELECT 1 FROM orchestration_steprun s WHERE s.run_id = r.id AND s.status = 'ready' AND s.path = {})"
    )
    if vendor == "postgresql":
        return _runs() + f" WHERE r.id = %s::uuid AND {ready.format('%s')} FOR NO KEY UPDATE OF r"
    return _runs() + f" WHERE r.id IN (SELECT value FROM json_each(?)) AND {ready.format('?')}"  # noqa: S608


@lru_cache(maxsize=2)
def _lock_ready(vendor: str) -> str:
    return _next_ready(vendor) + (" FOR NO KEY UPDATE OF r SKIP LOCKED" if vendor == "postgresql" else "")


@lru_cache(maxsize=2)
def _next_ready(vendor: str) -> str:
    text = (
        "SELECT s.run_id, s.path FROM orchestration_steprun s JOIN orchestration_run r ON r.id = s.run_id "
        "WHERE s.status = 'ready' AND s.queue = %s AND r.paused_at IS NULL ORDER BY s.ready_at LIMIT %s"
    )
    return text if vendor == "postgresql" else text.replace("%s", "?")


def _ids(run_ids: Iterable[Any]) -> Any:
    if connection.vendor == "postgresql":
        return [str(run_id) for run_id in run_ids]
    return json.dumps([(run_id if isinstance(run_id, UUID) else UUID(str(run_id))).hex for run_id in run_ids])


# ---- their steps and timers --------------------------------------------------------------------


def load(run_ids: Iterable[Any]) -> dict[UUID, Loaded]:
    """Everything of these runs. Call with their locks held, in a statement of its own: it sees what is committed."""
    if connection.vendor == "postgresql":
        wanted = [str(run_id) for run_id in run_ids]
        one = len(wanted) == 1
        rows = fetch(_load_postgres(one), (wanted[0] if one else wanted,))
        return {run_id: _from_json(*columns) for run_id, *columns in rows}
    return _load_sqlite(list(run_ids))


def load_ready(wanted: Sequence[tuple[Any, str]]) -> dict[UUID, Loaded]:
    """Of each run these steps and nothing else, where they are ready: enough to lease them."""
    loaded = {run_id: Loaded() for run_id, _ in wanted}
    if connection.vendor == "postgresql":
        given: Sequence[Any] = ([str(run_id) for run_id, _ in wanted], [path for _, path in wanted])
    else:
        given = (json.dumps([[run_id.hex, path] for run_id, path in wanted]),)
    readers = [reader(field_of(StepRun, name)) for name in ("run_id", *STEP_COLUMNS)]
    for row in fetch(_load_ready(connection.vendor), given):
        run_id, *values = (read(value) for read, value in zip(readers, row, strict=True))
        loaded[run_id].steps[values[0]] = StepState(*values)
    return loaded


@lru_cache(maxsize=2)
def _load_ready(vendor: str) -> str:
    listed = ", ".join(f's."{name}"' for name in ("run_id", *STEP_COLUMNS))
    if vendor == "postgresql":
        given = "JOIN unnest(%s::uuid[], %s::text[]) AS given(run_id, path) USING (run_id, path)"
    else:
        pairs = "SELECT json_extract(value, '$[0]') AS run_id, json_extract(value, '$[1]') AS path FROM json_each(?)"
        given = f"JOIN ({pairs}) AS given USING (run_id, path)"
    return f"SELECT {listed} FROM orchestration_steprun s {given} WHERE s.status = 'ready'"  # noqa: S608


@lru_cache(maxsize=2)
def _load_postgres(one: bool) -> str:
    """One row a run; its steps, timers and attempts each as one JSON text, which costs least to carry and to read."""
    parts = (
        _gathered("s", StepRun, STEP_COLUMNS, "position", ""),
        _gathered("t", Timer, TIMER_FIELDS, "id", ""),
        _gathered("a", Attempt, ATTEMPT_COLUMNS, "id", "AND a.status = 'running'"),
    )
    runs = "(SELECT %s::uuid) AS r(id)" if one else "unnest(%s::uuid[]) AS r(id)"
    return f"SELECT r.id, {', '.join(parts)} FROM {runs}"  # noqa: S608


def _gathered(alias: str, model: type[models.Model], columns: Sequence[str], order: str, more: str) -> str:
    listed = ", ".join(f'{alias}."{name}"' for name in columns)
    return (
        f"(SELECT json_agg(json_build_array({listed}) ORDER BY {alias}.{order}) FROM {table_of(model)} {alias} "  # noqa: S608
        f"WHERE {alias}.run_id = r.id {more})"
    )


def _from_json(steps: Any, timers: Any, running: Any) -> Loaded:
    loaded = Loaded()
    for values in steps or ():
        loaded.steps[values[0]] = step_from_json(values)
    for values in timers or ():
        loaded.timers[values[0]] = timer_from_json(values)
    for path, number, token in running or ():
        loaded.running[path] = (number, UUID(token))
    return loaded


def step_from_json(values: list[Any]) -> StepState:
    for index in _step_instants():
        if values[index] is not None:
            values[index] = _instant(values[index])
    return StepState(*values)


def timer_from_json(values: list[Any]) -> TimerState:
    values[_DUE] = _instant(values[_DUE])
    return TimerState(*values)


_instant = datetime.fromisoformat
_DUE = TIMER_FIELDS.index("due_at")


@lru_cache(maxsize=1)
def _step_instants() -> tuple[int, ...]:
    kinds = [field_of(StepRun, name) for name in STEP_COLUMNS]
    return tuple(index for index, kind in enumerate(kinds) if isinstance(kind, models.DateTimeField))


def _load_sqlite(run_ids: Sequence[Any]) -> dict[UUID, Loaded]:
    loaded = {run_id if isinstance(run_id, UUID) else UUID(str(run_id)): Loaded() for run_id in run_ids}
    wanted = _ids(run_ids)
    for run_id, *values in _rows_of(StepRun, STEP_COLUMNS, wanted, " ORDER BY position"):
        loaded[run_id].steps[values[0]] = StepState(*values)
    for run_id, *values in _rows_of(Timer, TIMER_FIELDS, wanted, " ORDER BY id"):
        loaded[run_id].timers[values[0]] = TimerState(*values)
    for run_id, path, number, token in _rows_of(Attempt, ATTEMPT_COLUMNS, wanted, " AND status = 'running'"):
        loaded[run_id].running[path] = (number, token)
    return loaded


def _rows_of(model: type[models.Model], columns: Sequence[str], wanted: Any, more: str) -> Iterable[list[Any]]:
    names = ("run_id", *columns)
    return rows_read(model, names, _select_sqlite(table_of(model), names, more), (wanted,))


def rows_read(model: type[models.Model], names: Sequence[str], text: str, given: Sequence[Any]) -> Iterable[list[Any]]:
    """What a statement gives, with the values of these columns as the model has them."""
    readers = [reader(field_of(model, name)) for name in names]
    for values in fetch(text, given):
        yield [read(value) for read, value in zip(readers, values, strict=True)]


@lru_cache(maxsize=32)
def _select_sqlite(table: str, names: tuple[str, ...], more: str) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f"SELECT {listed} FROM {table} WHERE run_id IN (SELECT value FROM json_each(?)){more}"  # noqa: S608


def run_state(
    row: Run, steps: Mapping[str, StepState], timers: Mapping[str, TimerState], part: Part | None = None
) -> RunState:
    return RunState(
        id=str(row.id),
        status=row.status if row.sequence else "new",
        outcome=row.outcome,
        input=row.input,
        error=row.error,
        source=row.source,
        business_key=row.business_key,
        started_at=row.started_at,
        ended_at=row.ended_at,
        paused_at=row.paused_at,
        paused_by=_paused_by(row),
        held=tuple(row.held),
        undo=row.undo,
        sequence=row.sequence,
        result=row.result,
        opened=row.opened or 0,
        steps=steps,
        timers=timers,
        part=part,
    )


def _paused_by(row: Run) -> tuple[str, ...]:
    """A run that was paused before it was noted by whom was paused by a person."""
    if row.paused_at is None:
        return ()
    return tuple(row.paused_by or ("person",))

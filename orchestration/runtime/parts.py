"""Reading a part of a run: the steps and timers of some of its sequences, found by ranges of their names.

What a long loop goes through, and what it gave, is read once a process and kept for its next events: an open loop's
list and a finished one's results never change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, models

from orchestration.core.parts import Part, ranges
from orchestration.core.state import OPEN_RUN, StepState, TimerState
from orchestration.models import Attempt, Run, StepRun, Timer
from orchestration.runtime.loading import (
    ATTEMPT_COLUMNS,
    STEP_COLUMNS,
    TIMER_FIELDS,
    Loaded,
    rows_read,
    step_from_json,
    timer_from_json,
)
from orchestration.runtime.sql import fetch, table_of

WHOLE_UP_TO = 60  # steps entered: a run of so many is read as a whole, which costs less than choosing
LONG = 200  # items: the list of so many is not read for every event
KEPT = 4  # long lists that a process keeps

_VALUES = ("input", "result")


def reads_in_part(row: Run) -> bool:
    return (row.opened or 0) > WHOLE_UP_TO and row.status in OPEN_RUN


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read of a run: a part, and the attempts that run at some paths."""

    run_id: UUID
    part: Part
    paths: Sequence[str] = ()


def load_parts(wanted: Sequence[Wanted]) -> dict[UUID, Loaded]:
    """For any number of runs a fixed number of statements, but for long lists that this process has not read yet."""
    of_sequences = [(each.run_id, *bounds) for each in wanted for bounds in ranges(each.part)]
    of_attempts = [(each.run_id, path) for each in wanted for path in each.paths]
    loaded = {each.run_id: Loaded() for each in wanted}
    read = _read_postgres if connection.vendor == "postgresql" else _read_sqlite
    steps, timers, running = read(of_sequences, of_attempts)
    for run_id, step in steps:
        loaded[run_id].steps[step.path] = _with_list(run_id, step)
    for run_id, timer in timers:
        loaded[run_id].timers[timer.name] = timer
    for run_id, path, number, token in running:
        loaded[run_id].running[path] = (number, token)
    return loaded


# ---- long lists --------------------------------------------------------------------------------


def _with_list(run_id: UUID, step: StepState) -> StepState:
    if step.kind != "each" or (step.scope or {}).get("count", 0) <= LONG:
        return step
    given, result = lists(run_id, step.path, step.position, step.is_open)
    return replace(step, input=given, result=result)


@lru_cache(maxsize=KEPT)
def lists(run_id: UUID, path: str, position: int, is_open: bool) -> tuple[Any, Any]:
    """`position`: a loop that is opened anew has another list. `is_open`: one that is over has a result."""
    given, result = StepRun.objects.values_list(*_VALUES).get(run_id=run_id, path=path)
    return given, result


# ---- statements --------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def listed(columns: tuple[str, ...], alias: str) -> str:
    """The columns, without the long lists."""
    count = "(s.scope->>'count')::integer" if connection.vendor == "postgresql" else "json_extract(s.scope, '$.count')"
    is_long = f"s.kind = 'each' AND {count} > {LONG}"
    return ", ".join(
        f'CASE WHEN {is_long} THEN NULL ELSE s."{name}" END' if name in _VALUES else f'{alias}."{name}"'
        for name in columns
    )


Read = tuple[Iterable[tuple[UUID, StepState]], Iterable[tuple[UUID, TimerState]], Iterable[tuple[UUID, str, int, UUID]]]


def _read_postgres(of_sequences: Sequence[tuple[UUID, str, str]], of_attempts: Sequence[tuple[UUID, str]]) -> Read:
    runs, lows, highs = zip(*of_sequences, strict=True)
    callers, paths = ([run_id for run_id, _ in of_attempts], [path for _, path in of_attempts])
    given = ([*map(str, runs)], list(lows), list(highs), [*map(str, callers)], paths)
    ((steps, timers, running),) = fetch(parts_postgres(), given)
    return (
        [(UUID(run_id), step_from_json(values)) for run_id, *values in steps or ()],
        [(UUID(run_id), timer_from_json(values)) for run_id, *values in timers or ()],
        [(UUID(run_id), path, number, UUID(token)) for run_id, path, number, token in running or ()],
    )


@lru_cache(maxsize=1)
def parts_postgres() -> str:
    """Ranges and not prefixes: those of a prepared statement are found by index, whatever their values."""
    steps = _gathered("s", StepRun, STEP_COLUMNS, "position")
    timers = _gathered("t", Timer, TIMER_FIELDS, "id")
    running = (
        f"(SELECT json_agg(json_build_array({listed(('run_id', *ATTEMPT_COLUMNS), 'a')})) "  # noqa: S608
        f"FROM unnest(given.callers, given.paths) AS g(run, path) "
        f"JOIN {table_of(Attempt)} a ON a.run_id = g.run AND a.path = g.path AND a.status = 'running')"
    )
    names = "runs, lows, highs, callers, paths"
    given = f"(SELECT %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::text[]) AS given({names})"
    return f"SELECT {steps}, {timers}, {running} FROM {given}"  # noqa: S608


def _gathered(alias: str, model: type[models.Model], columns: tuple[str, ...], order: str) -> str:
    """Each range in a query of its own, which `OFFSET 0` keeps apart: joined with all of them at once, the planner
    would rather read a young table, or a long run, as a whole, and once for each range."""
    names = listed(("run_id", *columns), alias)
    return (
        f"(SELECT json_agg(json_build_array({names}) ORDER BY {alias}.{order}) "  # noqa: S608
        "FROM unnest(given.runs, given.lows, given.highs) AS g(run, low, high) CROSS JOIN LATERAL "
        f"(SELECT * FROM {table_of(model)} {alias} WHERE {alias}.run_id = g.run "
        f"AND {alias}.within ~>=~ g.low AND {alias}.within ~<~ g.high OFFSET 0) AS {alias})"
    )


def _read_sqlite(of_sequences: Sequence[tuple[UUID, str, str]], of_attempts: Sequence[tuple[UUID, str]]) -> Read:
    sequences = (json.dumps([(run_id.hex, low, high) for run_id, low, high in of_sequences]),)
    attempts = (json.dumps([(run_id.hex, path) for run_id, path in of_attempts]),)
    in_range = "{0}.within >= json_extract(value, '$[1]') AND {0}.within < json_extract(value, '$[2]') ORDER BY {0}.{1}"
    at_path = "{0}.path = json_extract(value, '$[1]') AND {0}.status = 'running'"
    return (
        [(run_id, StepState(*values)) for run_id, *values in _rows(StepRun, "s", in_range, "position", sequences)],
        [(run_id, TimerState(*values)) for run_id, *values in _rows(Timer, "t", in_range, "id", sequences)],
        [tuple(values) for values in _rows(Attempt, "a", at_path, "", attempts)],
    )


_COLUMNS = {StepRun: STEP_COLUMNS, Timer: TIMER_FIELDS, Attempt: ATTEMPT_COLUMNS}


def _rows(
    model: type[models.Model], alias: str, condition: str, order: str, given: Sequence[Any]
) -> Iterable[list[Any]]:
    names = ("run_id", *_COLUMNS[model])
    text = (
        f"SELECT {listed(names, alias)} FROM json_each(?) CROSS JOIN {table_of(model)} {alias} "  # noqa: S608
        f"WHERE {alias}.run_id = json_extract(value, '$[0]') AND {condition.format(alias, order)}"
    )
    return rows_read(model, names, text, given)

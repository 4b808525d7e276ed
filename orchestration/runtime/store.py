"""Holding runs under their locks, and writing what decisions changed: for any number of runs a fixed number of
statements, whatever the events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from orchestration.core import paths
from orchestration.core.changes import Change
from orchestration.core.decide import Decided
from orchestration.core.effects import KeepAnswer
from orchestration.core.parts import Part, around
from orchestration.core.state import RunState, StepState, TimerState
from orchestration.exceptions import NotFound
from orchestration.models import Attempt, Run, StepRun, Timer
from orchestration.ports import Actor, clock
from orchestration.runtime import answers, hints, values
from orchestration.runtime.audit import INSERT_EVENT, INSERT_PAYLOAD, Head, chained
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.loading import (
    STEP_FIELDS,
    Loaded,
    load,
    load_ready,
    lock_known,
    lock_runs,
    read_runs,
    run_state,
)
from orchestration.runtime.parts import Wanted, load_parts, reads_in_part
from orchestration.runtime.sql import Insert, Update, Write, columns_of, write


@dataclass(slots=True)
class Held:
    """A run whose row is locked by this transaction: its state now, and what of it the database has (`stored`).
    `running` has number and fencing token of each attempt under way, as far as they were read."""

    row: Run
    state: RunState
    running: dict[str, tuple[int, UUID]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)  # large ones, by digest, as far as they were read or made
    is_all: bool = False  # nothing of the run is missing
    stored: RunState = field(init=False)

    def __post_init__(self) -> None:
        self.stored = self.state

    def again(self) -> Held:
        """The same for another transaction: should that fail, this one is as it was."""
        row = Run.__new__(Run)
        row.__dict__.update(self.row.__dict__)
        return Held(row, self.state, dict(self.running), is_all=self.is_all)


Saving = tuple[Held, Decided, Actor]
_RUN_CHANGES = (
    *("sequence", "audit_head", "status", "outcome", "error", "ended_at", "paused_at", "held", "result", "opened"),
    *("undo", "paused_by"),
)
_STEP_CHANGES = tuple(
    {"id": "step_id"}.get(each.name, each.name) for each in dataclass_fields(StepState) if each.name != "path"
)
_COUNTED = tuple(name for name in STEP_FIELDS if name not in ("path", "input", "result"))
_TIMER_CHANGES = ("clock", "due_at", "generation", "status")

_INSERT_RUN = Insert(Run, columns_of(Run))
_UPDATE_RUN = Update(Run, _RUN_CHANGES, ("id",))
_UPDATE_HEAD = Update(Run, ("sequence", "audit_head"), ("id",))
_INSERT_STEP = Insert(StepRun, (*_STEP_CHANGES, "ready_at", "queue", "run_id", "path", "within"))
_MOVE_STEP = Update(StepRun, (*_STEP_CHANGES, "ready_at", "queue"), ("run_id", "path"))
_COUNT_STEP = Update(StepRun, tuple({"id": "step_id"}.get(name, name) for name in _COUNTED), ("run_id", "path"))
_UPDATE_STEP = Update(StepRun, _STEP_CHANGES, ("run_id", "path"))  # its status stays, and since when it is ready
_INSERT_TIMER = Insert(Timer, (*_TIMER_CHANGES, "run_id", "name", "within"))
_UPDATE_TIMER = Update(Timer, _TIMER_CHANGES, ("run_id", "name"))
INSERT_ATTEMPT = Insert(Attempt, columns_of(Attempt))
END_ATTEMPT = Update(Attempt, ("status", "ended_at", "error"), ("run_id", "path", "number", "lease_token"))


def lock(run_id: Any) -> Run:
    """Locks the run's row. Call inside a transaction; the run's lock is the first one taken. Raises `NotFound`."""
    rows = lock_runs([run_id])
    if not rows:
        raise NotFound(f"There is no run {run_id}.")
    return rows[0]


def hold(run_id: Any, about: str | None = None) -> Held:
    """Locks the run and reads its state. `about`: the path of the step that an event concerns; of a run with many
    steps no more is read than that needs."""
    return _held([lock(run_id)], {str(run_id): [about]} if about is not None else {})[0]


def held_ready(found: Sequence[tuple[Run, str]]) -> list[Held]:
    """Runs that are locked already; of one with many steps those of the named ones that are ready, and no more."""
    rows = {row.id: row for row, _ in found}
    whole = [row for row in rows.values() if not reads_in_part(row)]
    of_long = [(row, path) for row, path in found if reads_in_part(row)]
    ready = load_ready([(row.id, path) for row, path in of_long]) if of_long else {}
    long = [Held(row, run_state(row, ready[row.id].steps, {})) for row in rows.values() if row.id in ready]
    return [*_held(whole, {}), *long]


def hold_many(about: Mapping[Any, Iterable[str]]) -> list[Held]:
    """Locks runs in the order of their ids and reads their states, each by the paths that events on it concern. Those
    that are not there are left out."""
    return _held(lock_runs(about), _listed(about))


def hold_known(known: Mapping[UUID, Held], about: Mapping[UUID, Iterable[str]], *, wait: bool) -> list[Held]:
    """As `hold_many`, where something of the runs may be known from before: it is good if the run's sequence is still
    the same under its lock, and is read otherwise. Without waiting, runs that somebody else holds are left out."""
    if not known and wait:
        return hold_many(about)
    locked = lock_known(about, wait=wait)
    same = [
        known[run_id].again()
        for run_id, sequence in locked.items()
        if run_id in known and known[run_id].row.sequence == sequence
    ]
    moved = locked.keys() - {held.row.id for held in same}
    return [*same, *(hold_many({run_id: about[run_id] for run_id in moved}) if moved else ())]


def look_at(about: Mapping[Any, Iterable[str]]) -> list[Held]:
    """Their states without their locks, rows first: for foreseeing what will be decided. See `hold_known`."""
    return _held(read_runs(about), _listed(about))


def _held(rows: Sequence[Run], about: Mapping[str, Sequence[str]]) -> list[Held]:
    wanted = {row.id: _wanted(row, about[str(row.id)]) for row in rows if str(row.id) in about and reads_in_part(row)}
    whole = [row.id for row in rows if row.id not in wanted]
    loaded = (load(whole) if whole else {}) | (load_parts([*wanted.values()]) if wanted else {})
    return [_held_as(row, loaded[row.id], wanted[row.id].part if row.id in wanted else None) for row in rows]


def _listed(about: Mapping[Any, Iterable[str]]) -> dict[str, list[str]]:
    return {str(run_id): list(concerned) for run_id, concerned in about.items()}


def _wanted(row: Run, concerned: Sequence[str]) -> Wanted:
    return Wanted(row.id, reduce(or_, map(around, concerned)), concerned)


def _held_as(row: Run, loaded: Loaded, part: Part | None) -> Held:
    return Held(row, run_state(row, loaded.steps, loaded.timers, part), loaded.running, is_all=part is None)


def read_more(held: Held, wanted: Part) -> None:
    """Reads more of a run that is held in part; what has been decided since stays as it was decided."""
    run_id = held.row.id
    found = (load([run_id]) if wanted.is_whole else load_parts([Wanted(run_id, wanted)]))[run_id]
    held.stored = _with(held.stored, found, wanted)
    held.state = _with(held.state, found, wanted)


def _with(state: RunState, found: Loaded, wanted: Part) -> RunState:
    steps = sorted({**found.steps, **state.steps}.values(), key=_position)
    part = None if wanted.is_whole or state.part is None else state.part | wanted
    known = {step.path: step for step in steps}
    return replace(state, steps=known, timers={**found.timers, **state.timers}, part=part)


def _position(step: StepState) -> int:
    return step.position


def read_timer(held: Held, name: str) -> None:
    """Reads one of the run's timers beside what is held: enough to arm it again."""
    timers = {
        timer.name: TimerState(timer.name, timer.clock, timer.due_at, timer.generation, timer.status)
        for timer in Timer.objects.filter(run=held.row, name=name)
    }
    held.state = replace(held.state, timers={**held.state.timers, **timers})
    held.stored = replace(held.stored, timers={**held.stored.timers, **timers})


def state_of(row: Run) -> RunState:
    return states_of([row])[0]


def states_of(rows: Sequence[Run]) -> list[RunState]:
    """Of each, in the same order: as many statements for many as for one."""
    parts = load([row.id for row in rows]) if rows else {}
    return [run_state(row, parts[row.id].steps, parts[row.id].timers) for row in rows]


# ---- writing -----------------------------------------------------------------------------------


class Rows:
    """Rows to be written, by table and kind."""

    def __init__(self) -> None:
        self.of: dict[Write, list[Sequence[Any]]] = {}

    def add(self, kind: Write, *rows: Sequence[Any]) -> None:
        self.of.setdefault(kind, []).extend(rows)


def save(held: Held, decided: Decided, actor: Actor) -> None:
    """Writes the run with its new head, the audit events and the touched rows. A new run is inserted here, once."""
    save_many([(held, decided, actor)])


def save_many(batch: Iterable[Saving], rows: Rows | None = None) -> None:
    """As `save` for several runs, each at most once, together with `rows` that somebody has prepared."""
    rows = rows or Rows()
    now = clock().system_now()
    batch = list(batch)
    for held, decided, actor in batch:
        _add_run(rows, held, decided, actor, now)
        _add_steps(rows, held, decided, now)
        _add_timers(rows, held, decided)
        _add_answers(rows, held, decided)
        held.state = held.stored = decided.state
    write(rows.of)
    values.keep((held.row.id, decided.apart) for held, decided, _ in batch if decided.apart)


def record(row: Run, change: Change, actor: Actor) -> None:
    """Writes an event that changes nothing in the engine's state: what the desk has to say about a locked run."""
    record_many([(row, change)], actor)


def record_many(said: Iterable[tuple[Run, Change]], actor: Actor) -> None:
    """As `record` for several, of any of these runs."""
    rows, heads, now = Rows(), {}, clock().system_now()
    for row, change in said:
        _add_events(rows, row, [change], actor, now)
        heads[row.id] = row
    rows.add(_UPDATE_HEAD, *((row.sequence, row.audit_head, row.id) for row in heads.values()))
    write(rows.of)


def _add_events(rows: Rows, row: Run, changes: Iterable[Change], actor: Actor, now: datetime) -> None:
    links = chained(f"run:{row.id}", Head(row.sequence, row.audit_head), changes, actor, now)
    rows.add(INSERT_EVENT, *links.events)
    rows.add(INSERT_PAYLOAD, *links.payloads)
    row.sequence, row.audit_head = links.head.sequence, links.head.hash


def _add_run(rows: Rows, held: Held, decided: Decided, actor: Actor, now: datetime) -> None:
    row, after = held.row, decided.state
    _add_events(rows, row, decided.changes, actor, now)
    row.status, row.outcome, row.error, row.ended_at = after.status, after.outcome, after.error, after.ended_at
    row.paused_at, row.held, row.undo = after.paused_at, list(after.held), after.undo
    row.result, row.opened = after.result, after.opened
    row.paused_by = list(after.paused_by) or None
    if held.stored.sequence == 0:
        row.input = after.input
        row.started_at = after.started_at or row.started_at  # as its first event tells it
        rows.add(_INSERT_RUN, [getattr(row, name) for name in _INSERT_RUN.columns])
        row._state.adding = False  # noqa: SLF001 - public
    else:
        rows.add(_UPDATE_RUN, [*(getattr(row, name) for name in _RUN_CHANGES), row.id])


def _add_steps(rows: Rows, held: Held, decided: Decided, now: datetime) -> None:
    for path in decided.touched_steps:
        step, known = decided.state.steps[path], held.stored.steps.get(path)
        fields = [getattr(step, name) for name in STEP_FIELDS if name != "path"]
        ready = step.status == "ready"
        if known is not None and _only_counts(step, known):
            rows.add(_COUNT_STEP, [*(getattr(step, name) for name in _COUNTED), held.row.id, path])
        elif known is not None and known.status == step.status:
            rows.add(_UPDATE_STEP, [*fields, held.row.id, path])
        else:
            queue = hints.queue_of(definition_of(held.row.version).at(path)) if ready else ""
            moved = [*fields, now if ready else None, queue, held.row.id, path]
            if known is None:
                rows.add(_INSERT_STEP, [*moved, paths.sequence_of(path)])
            else:
                rows.add(_MOVE_STEP, moved)


def _add_answers(rows: Rows, held: Held, decided: Decided) -> None:
    for effect in decided.effects:
        if isinstance(effect, KeepAnswer) and (row := answers.row_of(held.row, effect)) is not None:
            rows.add(answers.INSERT_ANSWER, row)


def _only_counts(step: StepState, known: StepState) -> bool:
    """A loop whose items come and go: its list may be long, and is not written again."""
    unchanged = step.input is known.input and step.result is known.result
    return step.kind == "each" and known.status == step.status and unchanged


def _add_timers(rows: Rows, held: Held, decided: Decided) -> None:
    for name in decided.touched_timers:
        timer = decided.state.timers[name]
        fields = [*(getattr(timer, each) for each in _TIMER_CHANGES), held.row.id, name]
        if name in held.stored.timers:
            rows.add(_UPDATE_TIMER, fields)
        else:
            rows.add(_INSERT_TIMER, [*fields, paths.sequence_of(paths.subject_of(name))])

"""Reading a run's state under its lock, and writing what a decision changed. One transaction, a fixed number of
statements whatever the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

from django.db.models import QuerySet

from orchestration.core import paths
from orchestration.core.changes import Change
from orchestration.core.decide import Decided
from orchestration.core.state import RunState, StepState, TimerState
from orchestration.exceptions import NotFound
from orchestration.models import Run, StepRun, Timer
from orchestration.ports import Actor, clock
from orchestration.runtime.audit import Head, append


@dataclass(slots=True)
class Held:
    """A run whose row is locked by this transaction, and its state."""

    row: Run
    state: RunState


def lock(run_id: Any) -> Run:
    """Locks the run's row. Call inside a transaction; the run's lock is the first one taken. Raises `NotFound`."""
    try:
        return _lockable().get(pk=run_id)
    except Run.DoesNotExist:
        raise NotFound(f"There is no run {run_id}.") from None


def hold(run_id: Any) -> Held:
    """Locks the run and reads its state."""
    row = lock(run_id)
    return Held(row, state_of(row))


def hold_step(run_id: Any, path: str) -> Held:
    """Locks the run and reads no more of it than one step: enough to lease it."""
    row = lock(run_id)
    steps = StepRun.objects.filter(run=row, path=path)
    return Held(row, _run_state(row, {step.path: _step_state(step) for step in steps}, {}))


def _lockable() -> QuerySet[Run]:
    """The version's texts stay behind: the compiled definition is kept in memory."""
    runs = Run.objects.select_for_update(of=("self",), no_key=True).select_related("version")
    return runs.defer("version__text", "version__definition")


def state_of(row: Run) -> RunState:
    steps = StepRun.objects.filter(run=row).order_by("position")
    timers = Timer.objects.filter(run=row).order_by("id")
    armed_or_not = {
        timer.name: TimerState(timer.name, timer.clock, timer.due_at, timer.generation, timer.status)
        for timer in timers
    }
    return _run_state(row, {step.path: _step_state(step) for step in steps}, armed_or_not)


def _run_state(row: Run, steps: Mapping[str, StepState], timers: Mapping[str, TimerState]) -> RunState:
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
        sequence=row.sequence,
        steps=steps,
        timers=timers,
    )


def _step_state(row: StepRun) -> StepState:
    return StepState(
        path=row.path,
        id=row.step_id,
        kind=row.kind,
        status=row.status,
        position=row.position,
        started_at=row.started_at,
        ended_at=row.ended_at,
        input=row.input,
        result=row.result,
        error=row.error,
        scope=row.scope,
        review=row.review,
        attempts=row.attempts,
    )


def save(held: Held, decided: Decided, actor: Actor) -> None:
    """Writes the run with its new head, the audit events and the touched rows. A new run is inserted here, once."""
    before, after = held.state, decided.state
    _save_run(held.row, after, decided.changes, actor, is_new=before.sequence == 0)
    _save_steps(held.row, before, after, decided.touched_steps)
    _save_timers(held.row, before, after, decided.touched_timers)
    held.state = after


def record(row: Run, change: Change, actor: Actor) -> None:
    """Writes an event that changes nothing in the engine's state: what the desk has to say about a locked run."""
    head = append(f"run:{row.id}", Head(row.sequence, row.audit_head), [change], actor, clock().system_now())
    row.sequence, row.audit_head = head.sequence, head.hash
    row.save(update_fields=("sequence", "audit_head"))


def _save_run(row: Run, after: RunState, changes: tuple[Change, ...], actor: Actor, *, is_new: bool) -> None:
    head = append(f"run:{row.id}", Head(row.sequence, row.audit_head), changes, actor, clock().system_now())
    row.sequence, row.audit_head = head.sequence, head.hash
    row.status, row.outcome, row.error, row.ended_at = after.status, after.outcome, after.error, after.ended_at
    if is_new:
        row.save(force_insert=True)
    else:
        row.save(update_fields=("sequence", "audit_head", "status", "outcome", "error", "ended_at"))


def _save_steps(row: Run, before: RunState, after: RunState, touched: tuple[str, ...]) -> None:
    new: list[StepRun] = []
    for path in touched:
        step, known = after.steps[path], before.steps.get(path)
        if known is None:
            columns = {_COLUMNS.get(name, name): getattr(step, name) for name in _FIELDS}
            new.append(StepRun(run=row, path=path, iteration=paths.iteration_of(path), **columns))
            new[-1].ready_at = clock().system_now() if step.status == "ready" else None
            continue
        fields = {name: getattr(step, name) for name in _FIELDS if getattr(step, name) != getattr(known, name)}
        if "status" in fields:
            fields["ready_at"] = clock().system_now() if step.status == "ready" else None
        StepRun.objects.filter(run=row, path=path).update(**fields)
    if new:
        StepRun.objects.bulk_create(new)


_FIELDS = tuple(field.name for field in dataclass_fields(StepState) if field.name != "path")
_COLUMNS = {"id": "step_id"}


def _save_timers(row: Run, before: RunState, after: RunState, touched: tuple[str, ...]) -> None:
    new: list[Timer] = []
    for name in touched:
        timer = after.timers[name]
        fields = {
            "clock": timer.clock,
            "due_at": timer.due_at,
            "generation": timer.generation,
            "status": timer.status,
        }
        if name in before.timers:
            Timer.objects.filter(run=row, name=name).update(**fields)
        else:
            iteration = paths.iteration_of(paths.subject_of(name))
            new.append(Timer(run=row, name=name, iteration=iteration, **fields))
    if new:
        Timer.objects.bulk_create(new)

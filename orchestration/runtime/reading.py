"""What others may read of the engine: query sets, and a run's story in the order in which it happened."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from orchestration.core.approving import withheld
from orchestration.core.changes import Change, fold
from orchestration.core.state import OPEN_RUN, RunState
from orchestration.exceptions import NotFound
from orchestration.models import (
    Attempt,
    AuditEvent,
    AuditPayload,
    Connection,
    DecisionPoint,
    LimitSetting,
    Recommendation,
    Run,
    StepRun,
    Timer,
    Workflow,
    WorkflowDraft,
    WorkflowVersion,
)
from orchestration.ports import Actor
from orchestration.runtime import store
from orchestration.runtime.tools import tools


@dataclass(frozen=True, slots=True)
class Entry:
    """One audit event, readable. `values` is None where there are none or they were erased."""

    sequence: int
    kind: str
    at: datetime
    actor: Actor
    data: Mapping[str, Any]
    values: Mapping[str, Any] | None


def workflows() -> QuerySet[Workflow]:
    return Workflow.objects.select_related("current")


def versions(workflow: str) -> QuerySet[WorkflowVersion]:
    return WorkflowVersion.objects.filter(workflow__name=workflow)


def drafts() -> QuerySet[WorkflowDraft]:
    return WorkflowDraft.objects.select_related("workflow")


def runs() -> QuerySet[Run]:
    return Run.objects.select_related("workflow", "version")


def run_steps(run_id: Any) -> QuerySet[StepRun]:
    return StepRun.objects.filter(run_id=run_id).order_by("position")


def run_attempts(run_id: Any) -> QuerySet[Attempt]:
    return Attempt.objects.filter(run_id=run_id).order_by("path", "number")


def run_timers(run_id: Any) -> QuerySet[Timer]:
    return Timer.objects.filter(run_id=run_id).order_by("due_at")


def recommendations() -> QuerySet[Recommendation]:
    return Recommendation.objects.select_related("decision_point__point")


def decision_points() -> QuerySet[DecisionPoint]:
    return DecisionPoint.objects.select_related("current")


def connections() -> QuerySet[Connection]:
    return Connection.objects.all()


def limit_settings() -> QuerySet[LimitSetting]:
    return LimitSetting.objects.all()


def connection(name: str) -> Connection:
    found = Connection.objects.filter(name=name, enabled=True).first()
    if found is None:
        raise NotFound(f"There is no enabled connection {name!r}.")
    return found


def run_state(run_id: Any) -> RunState:
    row = Run.objects.select_related("workflow", "version").filter(pk=run_id).first()
    if row is None:
        raise NotFound(f"There is no run {run_id}.")
    return store.state_of(row)


def timeline(run_id: Any) -> list[Entry]:
    return chain_entries(f"run:{run_id}")


def timeline_after(run_id: Any, sequence: int, limit: int) -> list[Entry]:
    """The next events after one, in their order."""
    events = AuditEvent.objects.filter(chain=f"run:{run_id}", sequence__gt=sequence).order_by("sequence")
    return entries_of(f"run:{run_id}", events[:limit])


def timeline_before(run_id: Any, sequence: int | None, limit: int, without: Collection[str] = ()) -> list[Entry]:
    """The last events before one, or of all, in their order; without some kinds."""
    events = AuditEvent.objects.filter(chain=f"run:{run_id}").exclude(kind__in=without).order_by("-sequence")
    earlier = events.filter(sequence__lt=sequence) if sequence is not None else events
    return entries_of(f"run:{run_id}", earlier[:limit])[::-1]


def facts_of_step(run_id: Any, kind: str, step: StepRun) -> list[Entry]:
    """What of one kind is told of a step since it was opened."""
    named = f'"path":{json.dumps(step.path, ensure_ascii=False)}'
    events = AuditEvent.objects.filter(chain=f"run:{run_id}", kind=kind, sequence__gte=step.position)
    return entries_of(f"run:{run_id}", events.filter(data__contains=named).order_by("sequence"))


def told_timeline(run_id: Any) -> list[Entry]:
    """All of it as people may read it."""
    return told(run_id, timeline(run_id))


def told(run_id: Any, entries: list[Entry]) -> list[Entry]:
    """Events of a run without what others have voted blindly, until everybody has."""
    if not any(entry.data.get("blind") for entry in entries):
        return entries
    everything = timeline(run_id)
    hidden = {everything[place].sequence for place in withheld(everything)}
    return [replace(entry, values=None) if entry.sequence in hidden else entry for entry in entries]


def chain_entries(chain: str) -> list[Entry]:
    return entries_of(chain, AuditEvent.objects.filter(chain=chain).order_by("sequence"))


def entries_of(chain: str, events: Iterable[AuditEvent]) -> list[Entry]:
    """Events of one chain with what they were about."""
    rows = list(events)
    known = AuditPayload.objects.filter(chain=chain)
    if rows:
        bounds = sorted((rows[0].sequence, rows[-1].sequence))
        known = known.filter(sequence__range=bounds)
    payloads = dict(known.values_list("sequence", "body"))
    return [
        Entry(
            sequence=event.sequence,
            kind=event.kind,
            at=event.at,
            actor=Actor(event.actor_kind, event.actor_id, event.actor_label),
            data=json.loads(event.data),
            values=json.loads(payloads[event.sequence]) if event.sequence in payloads else None,
        )
        for event in rows
    ]


def audit_entries(chain: str | None = None) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.order_by("-recorded_at", "-id")
    return events.filter(chain=chain) if chain is not None else events


def folded(run_id: Any) -> RunState:
    """The run's state as its audit events tell it. Equal to `run_state`, or something is wrong."""
    return fold(RunState(id=str(run_id)), changes_of(run_id))


def changes_of(run_id: Any, until: int | None = None) -> list[Change]:
    """What happened to the run, up to an event and with it, in its order: as much as folding needs."""
    upto = {"chain": f"run:{run_id}"} | ({"sequence__lte": until} if until is not None else {})
    values = dict(AuditPayload.objects.filter(**upto).values_list("sequence", "body"))
    events = AuditEvent.objects.filter(**upto).order_by("sequence")
    return [
        Change(kind, at, json.loads(data), json.loads(values[number]) if number in values else None)
        for number, kind, at, data in events.values_list("sequence", "kind", "at", "data")
    ]


def unregistered_tools() -> list[str]:
    """Tools that open runs may still call and that this installation does not know."""
    open_versions = Run.objects.filter(status__in=OPEN_RUN).order_by().values("version_id").distinct()
    needed: set[str] = set()
    for definition in WorkflowVersion.objects.filter(pk__in=open_versions).values_list("definition", flat=True):
        needed |= _tools_in(definition.get("steps", ()))
    return sorted(needed - tools().keys())


def _tools_in(steps: Any) -> set[str]:
    found: set[str] = set()
    match steps:
        case Mapping():
            if "tool" in steps and "version" in steps:
                found.add(f"{steps['tool']}@{steps['version']}")
            for value in steps.values():
                found |= _tools_in(value)
        case list() | tuple():
            for item in steps:
                found |= _tools_in(item)
    return found

"""Due times of steps and of whole runs that are near, and when a step was done. For queries of the faces."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Replace

from orchestration.core.deadlines import SLA
from orchestration.models import StepRun, Timer

END, BEFORE = f":{SLA}.breach", f":{SLA}.three_quarters"


def near_deadlines() -> QuerySet[Any]:
    """The clocks of due times of which three quarters are gone, the nearest first, with their runs. `due_path` is the
    step's; empty: the whole run's."""
    gone = Timer.objects.filter(run=OuterRef("run"), name=OuterRef("before"), status=Timer.Status.FIRED)
    ticking = Timer.objects.filter(clock=Timer.Kind.PROCESS, status=Timer.Status.ARMED, name__endswith=END)
    named = ticking.annotate(
        before=Replace(F("name"), Value(END), Value(BEFORE), output_field=CharField()),
        due_path=Replace(F("name"), Value(END), Value(""), output_field=CharField()),
    )
    return named.filter(Exists(gone)).select_related("run__workflow").order_by("due_at", "id")


def step_end(run: OuterRef, path: OuterRef) -> Subquery:
    """For another query: when this step of this run ended."""
    return Subquery(StepRun.objects.filter(run=run, path=path).order_by().values("ended_at")[:1])


def step_has_ended(run: OuterRef, path: OuterRef) -> Exists:
    """For another query: whether this step of this run is done."""
    return Exists(StepRun.objects.filter(run=run, path=path, ended_at__isnull=False).order_by())


def runs_near_deadlines(run_ids: Any) -> set[Any]:
    """Those of the runs that have such a clock."""
    return set(near_deadlines().filter(run__in=list(run_ids)).order_by().values_list("run_id", flat=True))

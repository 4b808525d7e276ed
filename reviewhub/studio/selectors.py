"""What the studio's pages read, beside what the door and the desk already offer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from orchestration import api
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import STILL_WAITING
from reviewhub.reviews.selectors import late_runs

OPEN_STEP = ("ready", "running", "retrying", "limited", "waiting", "incident")
TICKING = ("armed", "held")  # timers that will fire, or once the run goes on
BLOCKS = ("parallel", "switch", "each", "repeat")


DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
STATES = {  # what is no status of its own
    "paused": Q(paused_at__isnull=False),
    "incident": Q(Exists(ReviewTask.objects.filter(STILL_WAITING, run=OuterRef("pk"), kind="incident"))),
    "late": Q(pk__in=late_runs().order_by().values("run"), status__in=("running", "ending")),
    "near": Q(pk__in=api.near_deadlines().order_by().values("run")),
}


def found(runs: QuerySet[Any], *, workflow: str, status: str, text: str, since: str = "") -> QuerySet[Any]:
    """Narrowed by workflow, by status, and by business key or id; an empty word narrows nothing."""
    if workflow:
        runs = runs.filter(workflow__name=workflow)
    if status:
        runs = runs.filter(STATES.get(status) or Q(status=status))
    day = parse_date(since) if DAY.fullmatch(since) else None
    if day:
        runs = runs.filter(started_at__gte=timezone.make_aware(datetime.combine(day, time.min)))
    if text:
        identity = _identity(text)
        runs = runs.filter(pk=identity) if identity else runs.filter(business_key__icontains=text)
    return runs


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def for_rows(runs: QuerySet[Any]) -> QuerySet[Any]:
    """With what a row shows, and without the bodies that only a run's own page shows."""
    return runs.defer("input", "error", "version__text", "version__definition", "workflow__current")


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that something or somebody has to do."""

    step_id: str
    kind: str
    status: str


def open_steps(run_ids: Iterable[UUID]) -> dict[UUID, list[OpenStep]]:
    """What each run waits for: its open steps that are no blocks, in the order in which they were opened."""
    waiting = api.runs().filter(pk__in=list(run_ids), steps__status__in=OPEN_STEP).order_by("pk", "steps__position")
    result: dict[UUID, list[OpenStep]] = {}
    for run_id, *step in waiting.values_list("pk", "steps__step_id", "steps__kind", "steps__status"):
        if step[1] not in BLOCKS:
            result.setdefault(run_id, []).append(OpenStep(*step))
    return result


def tasks_of(run_id: UUID) -> QuerySet[ReviewTask]:
    tasks = ReviewTask.objects.filter(run=run_id).select_related("queue", "claimed_by")
    return tasks.prefetch_related("decisions__by", "decisions__override__reasons", "assignments__person")


def open_runs_by_version(workflow: str) -> dict[int, int]:
    """How many runs are still on their way, by the number of their version."""
    running = api.runs().filter(workflow__name=workflow, status="running").order_by()
    return dict(running.values_list("version__number").annotate(count=Count("pk")))


def open_runs_by_workflow() -> dict[int, int]:
    running = api.runs().filter(status="running").order_by()
    return dict(running.values_list("workflow_id").annotate(count=Count("pk")))


def late_among(runs: Iterable[Any]) -> dict[Any, str]:
    """`late` or `near` by run, of those that are open: in two queries, however many."""
    ids = [run.pk for run in runs if run.status in ("running", "ending")]
    if not ids:
        return {}
    near = dict.fromkeys(api.runs_near_deadlines(ids), "near")
    return near | dict.fromkeys(late_runs().filter(run__in=ids).values_list("run_id", flat=True), "late")

"""The rows that a run's page is made of: all of them, or of a run with many steps those that the page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from orchestration import api
from reviewhub.reviews.models import ReviewTask
from reviewhub.studio import selectors
from reviewhub.studio.selectors import OpenStep

MANY = 300  # steps entered: the page of a run with more shows a part of them
SHOWN = 20  # tasks, clocks and children of such a run


@dataclass(frozen=True, slots=True)
class RunRows:
    """`steps` by path, in the order of their opening; `waiting` are the open steps that are no blocks."""

    steps: Mapping[str, Any]
    waiting: Sequence[Any]
    attempts: Sequence[Any]
    timers: Sequence[Any]
    tasks: Sequence[ReviewTask]
    advice: Mapping[str, Any]
    children: Sequence[Any]


def read(run: Any, chosen: str) -> RunRows:
    return _part(run, chosen) if (run.opened or 0) > MANY else _whole(run)


def _whole(run: Any) -> RunRows:
    steps = {step.path: step for step in api.run_steps(run.pk)}
    starts_some = any(step.kind == "workflow" for step in steps.values())
    return RunRows(
        steps=steps,
        waiting=[
            step for step in steps.values() if step.status in selectors.OPEN_STEP and step.kind not in selectors.BLOCKS
        ],
        attempts=list(api.run_attempts(run.pk)),
        timers=list(api.run_timers(run.pk).filter(status__in=selectors.TICKING)),
        tasks=list(selectors.tasks_of(run.pk)),
        advice={row.path: row for row in api.recommendations().filter(run=run.pk).order_by("created_at")},
        children=list(api.children_of(run.pk)) if starts_some else [],
    )


def _part(run: Any, chosen: str) -> RunRows:
    """What stands outside of loops, the chosen iterations, or the newest, and the first of everything else."""
    rows = api.run_steps(run.pk)
    about = chosen if "#" in chosen else rows.filter(path__contains="#").values_list("path", flat=True).last() or ""
    shown = ~Q(path__contains="#")
    for iteration in _iterations(about):
        shown |= Q(path__regex=rf"^{re.escape(iteration)}/[^#]*$")
    steps = {step.path: step for step in rows.filter(shown)}
    ticking = api.run_timers(run.pk).filter(status__in=selectors.TICKING)
    of_chosen = Q(name__startswith=f"{chosen}:") | Q(name__startswith=f"{chosen}!")
    advice = api.recommendations().filter(run=run.pk, path=chosen).order_by("created_at")
    return RunRows(
        steps=steps,
        waiting=_waiting(rows),
        attempts=list(api.run_attempts(run.pk).filter(path=chosen)),
        timers=list(ticking.filter(of_chosen) if chosen else ticking[:SHOWN]),
        tasks=_tasks(run.pk, chosen),
        advice={row.path: row for row in advice},
        children=list(api.children_of(run.pk)[:SHOWN]),
    )


def _iterations(path: str) -> Iterator[str]:
    """Those around a step, from the inside out."""
    around = api.iteration_of(path)
    while around:
        yield around
        around = api.iteration_of(around.rpartition("#")[0])


def _waiting(rows: Any) -> list[OpenStep]:
    """One of each kind: what is said of them says each thing once."""
    waiting = rows.filter(status__in=selectors.OPEN_STEP).exclude(kind__in=selectors.BLOCKS).order_by()
    found = waiting.values_list("step_id", "kind", "status").distinct()
    return [OpenStep(*each) for each in sorted(found)]


def _tasks(run_id: Any, chosen: str) -> list[ReviewTask]:
    """The open ones that are due first, and those that were closed last; or those of the chosen step."""
    tasks = ReviewTask.objects.filter(run=run_id)
    if chosen:
        found = tasks.filter(Q(key=chosen) | Q(key__startswith=f"{chosen}!")).values_list("pk", flat=True)
        return list(selectors.tasks_of(run_id).filter(pk__in=list(found)))
    open_ones = tasks.filter(closed_at__isnull=True).order_by("due_at", "created_at")
    closed = tasks.filter(closed_at__isnull=False).order_by("-closed_at")
    wanted = [*open_ones.values_list("pk", flat=True)[:SHOWN], *closed.values_list("pk", flat=True)[:SHOWN]]
    return list(selectors.tasks_of(run_id).filter(pk__in=wanted))

"""Due times that were missed, as far as somebody may know of them, and what is near to being one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, roles_of
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import Breach, ReviewTask
from reviewhub.reviews.selectors.runs import visible_runs

CHUNK = 500  # rows that are held at a time
_STEP_OVER = api.step_has_ended(run=OuterRef("run"), path=OuterRef("key"))
_OPEN: Mapping[str, Q] = {  # by kind, when `over_at` is nothing, said so that indexes answer
    Breach.Kind.TASK: Q(task__decided_at__isnull=True, task__closed_at__isnull=True),
    Breach.Kind.RUN: Q(run__ended_at__isnull=True),
    Breach.Kind.STEP: ~Q(_STEP_OVER),
}
_OVER: Mapping[str, Q] = {
    Breach.Kind.TASK: Q(task__decided_at__isnull=False) | Q(task__closed_at__isnull=False),
    Breach.Kind.RUN: Q(run__ended_at__isnull=False),
    Breach.Kind.STEP: Q(_STEP_OVER),
}


def breaches() -> QuerySet[Any]:
    """Each with `over_at`: when its subject was decided or ended; nothing where it is still open. A second look is late
    like any other task; once it counts, only what its case was is told."""
    over = Case(
        When(kind=Breach.Kind.TASK, then=Coalesce("task__decided_at", "task__closed_at")),
        When(kind=Breach.Kind.RUN, then=F("run__ended_at")),
        default=api.step_end(run=OuterRef("run"), path=OuterRef("key")),
    )
    counted_twice = Q(key=STEP, kind=Breach.Kind.TASK, task__closed_at__isnull=False)
    return Breach.objects.annotate(over_at=over).exclude(counted_twice).select_related("queue", "holder")


def breaches_for(person: Person) -> QuerySet[Any]:
    """What `breach.read` of the permission table allows, and what somebody had themselves."""
    if not person.is_active:
        return breaches().none()
    if roles_of(person) & VERBS["breach.read"].roles:
        return breaches()
    led = [queue for queue, role in person.queue_roles if role == "lead"]
    owned = [workflow for _, workflow in person.granted if workflow]
    own = Q(holder=person) | Q(workflow__in=owned) | Q(workflow_owner=person.username)
    return breaches().filter(own | Q(queue__in=led) | Q(queue__manager=person))


def by_state(found: QuerySet[Any], *, is_open: bool) -> list[QuerySet[Any]]:
    """Those whose subject is still open, or those that are over, each kind by itself: asked so, a database finds the
    few without reading the many. Together they are read by `newest`."""
    return [found.filter(condition, kind=kind) for kind, condition in (_OPEN if is_open else _OVER).items()]


def newest(found: Iterable[QuerySet[Any]], number: int) -> Iterator[Any]:
    """So many of them all, the newest first."""
    ordered = [each.order_by("-at", "-id")[:number].iterator(CHUNK) for each in found]
    return islice(merge(*ordered, key=lambda breach: (breach.at, breach.pk), reverse=True), number)


def late_runs() -> QuerySet[Any]:
    """Of open steps and runs; of tasks the desk speaks itself."""
    run, step = Breach.Kind.RUN, Breach.Kind.STEP
    late = (Q(kind=run) & _OPEN[run]) | (Q(kind=step) & _OPEN[step])
    return Breach.objects.filter(late, kind__in=(run, step))


def near_tasks(person: Person, now: datetime) -> QuerySet[ReviewTask]:
    """The next breaches of tasks, if nobody decides."""
    tasks = ReviewTask.objects.concerning(person).at_risk(now).filter(due_at__gt=now)
    return tasks.for_listing().order_by("due_at", "id")


def near_runs(person: Person) -> QuerySet[Any]:
    """The next breaches of steps and runs."""
    return api.near_deadlines().filter(run__in=visible_runs(person).order_by().values("pk"))

"""Due times that were missed, as far as somebody may know of them, and what is near to being one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, roles_of
from reviewhub.reviews.models import Breach, ReviewTask
from reviewhub.reviews.selectors.runs import visible_runs


def breaches() -> QuerySet[Any]:
    """Each with `over_at`: when its subject was decided or ended; nothing where it is still open."""
    over = Case(
        When(kind=Breach.Kind.TASK, then=Coalesce("task__decided_at", "task__closed_at")),
        When(kind=Breach.Kind.RUN, then=F("run__ended_at")),
        default=api.step_end(run=OuterRef("run"), path=OuterRef("key")),
    )
    return Breach.objects.annotate(over_at=over).select_related("queue", "holder")


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


def late_runs() -> QuerySet[Any]:
    """Of open steps and runs; of tasks the desk speaks itself."""
    return breaches().filter(over_at__isnull=True).exclude(kind=Breach.Kind.TASK)


def near_tasks(person: Person, now: datetime) -> QuerySet[ReviewTask]:
    """The next breaches of tasks, if nobody decides."""
    tasks = ReviewTask.objects.visible_to(person).at_risk(now).filter(due_at__gt=now)
    return tasks.for_listing().order_by("due_at", "id")


def near_runs(person: Person) -> QuerySet[Any]:
    """The next breaches of steps and runs."""
    return api.near_deadlines().filter(run__in=visible_runs(person).order_by().values("pk"))

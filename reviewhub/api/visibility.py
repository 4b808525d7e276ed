"""What a caller may know of. What one may not see is not there: the answer is 404."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from orchestration import api
from reviewhub.api.access import person_of, require_right, service_of
from reviewhub.reviews.hidden import as_seen_by
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet
from reviewhub.reviews.selectors import (
    require_answered,
    tells_its_run,
    visible_run,
    visible_runs,
    visible_runs_in_parts,
)


def runs_for(request: Request) -> QuerySet[Any]:
    if service_of(request) is not None:
        require_right(request, "run.read")
        return api.runs()
    return visible_runs(person_of(request))


def runs_in_parts_for(request: Request) -> tuple[QuerySet[Any], ...]:
    """The same for a list: parts that may share rows."""
    return (runs_for(request),) if service_of(request) is not None else visible_runs_in_parts(person_of(request))


def run_for(request: Request, run_id: UUID) -> Any:
    run = runs_for(request).filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run


def told_run_for(request: Request, run_id: UUID) -> Any:
    """To read what it did. Raises AnswerFirst where that is hidden from a person until they have answered."""
    if service_of(request) is not None:
        return run_for(request, run_id)
    run = visible_run(person_of(request), run_id)
    if run is None:
        raise Http404
    require_answered(person_of(request), run)
    return run


def told_run(request: Request) -> Mapping[str, Any]:
    """The context of tasks that are shown to the caller: of which run each is, as far as they may know."""
    person = None if service_of(request) is not None else person_of(request)
    return {"told_run": lambda task: task.run_id if person is None or tells_its_run(task, person) else None}


def tasks_for(request: Request) -> ReviewTaskQuerySet:
    if service_of(request) is not None:
        require_right(request, "task.read")
        return ReviewTask.objects.all()
    return ReviewTask.objects.visible_to(person_of(request))


def task_for(request: Request, task_id: UUID) -> ReviewTask:
    tasks = tasks_for(request).select_related("queue", "claimed_by", "recommendation")
    task = tasks.filter(pk=task_id).first()
    if task is None:
        raise Http404
    return as_seen_by(task, None if service_of(request) is not None else person_of(request))

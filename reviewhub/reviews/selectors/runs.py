"""Which runs a person may read: by role, or because a task of theirs belongs to the run."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, roles_of
from reviewhub.reviews.looks import WORKFLOW
from reviewhub.reviews.models import Assignment, ReviewTask


def visible_runs(person: Person) -> QuerySet[Any]:
    """What `run.read` of the permission table allows, as a filter on `orchestration.api.runs()`.

    Runs of second looks are only for those who read everything: they would tell what their task is.
    """
    runs = api.runs()
    if not person.is_active:
        return runs.none()
    if roles_of(person) & VERBS["run.read"].roles:
        return runs
    owned = [workflow for _, workflow in person.granted if workflow]
    queued = ReviewTask.objects.filter(run=OuterRef("pk"), queue__memberships__person=person)
    asked = Assignment.objects.filter(task__run=OuterRef("pk"), person=person)
    owns = Q(workflow__name__in=owned) | Q(workflow__owner=person.username)
    return runs.exclude(workflow__name=WORKFLOW).filter(owns | Q(Exists(queued)) | Q(Exists(asked)))

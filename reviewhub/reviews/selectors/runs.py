"""Which runs a person may read: by role, or because a task of theirs belongs to the run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, roles_of
from reviewhub.reviews.exceptions import AnswerFirst
from reviewhub.reviews.hidden import is_hidden_from
from reviewhub.reviews.looks import WORKFLOW
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.services.holding import may_decide


def visible_runs(person: Person) -> QuerySet[Any]:
    """What `run.read` of the permission table allows, as a filter on `orchestration.api.runs()`.

    Runs of second looks are only for those who read everything: they would tell what their task is.
    """
    runs = api.runs()
    if not person.is_active:
        return runs.none()
    if roles_of(person) & VERBS["run.read"].roles:
        return runs
    owned = [workflow for _role, workflow in person.granted if workflow]
    queued = ReviewTask.objects.filter(run=OuterRef("pk"), queue__memberships__person=person)
    asked = Assignment.objects.filter(task__run=OuterRef("pk"), person=person)
    owns = Q(workflow__name__in=owned) | Q(workflow__owner=person.username)
    return runs.exclude(workflow__name=WORKFLOW).filter(owns | Q(Exists(queued)) | Q(Exists(asked)))


def visible_run(person: Person, run_id: UUID) -> Any | None:
    """With whether an open task of it hides what the AI recommends, asked along."""
    hiding = ReviewTask.objects.filter(run=OuterRef("pk"), ai_hidden=True).waiting()
    return visible_runs(person).annotate(hides=Exists(hiding)).filter(pk=run_id).first()


def require_answered(person: Person, run: Any) -> None:
    """`run`: of `visible_run`. Raises AnswerFirst for whoever may decide an open task of it that hides what the
    AI recommends, and has not answered: what the run's steps gave would tell them."""
    hiding = ReviewTask.objects.filter(run=run.pk, ai_hidden=True).waiting() if run.hides else ()
    for task in hiding:
        if may_decide(task, person) and is_hidden_from(task, person):
            raise AnswerFirst(
                _("Hidden until you have answered “%(title)s”: this run says what the AI recommends.")
                % {"title": task.title}
            )

"""Standing for the answer to a closed case."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import KnownAnswer, ReviewTask
from reviewhub.reviews.services.holding import hold_task


@transaction.atomic
def mark_known_answer(*, task_id: UUID | str, actor: Person, outcome: str) -> KnownAnswer:
    """From now on the case is given to others now and then. Raises PermissionDenied, InvalidRequest, TaskNotFound."""
    task = hold_task(task_id)
    require(actor, "quality.mark", task)
    _refuse(task, outcome)
    fresh = {"outcome": outcome, "marked_by": actor, "marked_at": ports.clock().process_now()}
    known, _ = KnownAnswer.objects.update_or_create(task=task, defaults=fresh)
    _record(known, actor, "queue.known_answer_marked")
    return known


@transaction.atomic
def unmark_known_answer(*, task_id: UUID | str, actor: Person) -> None:
    """It is not given again. What was found with it stays."""
    task = hold_task(task_id)
    require(actor, "quality.mark", task)
    for known in KnownAnswer.objects.filter(task=task).select_related("task__queue"):
        _record(known, actor, "queue.known_answer_removed")
        known.delete()


def _refuse(task: ReviewTask, outcome: str) -> None:
    said = ""
    if task.status != ReviewTask.Status.CLOSED or task.kind != ReviewTask.Kind.REVIEW or task.key == STEP:
        said = _("Only a case that is closed, and was no second look itself, can have a known answer.")
    elif task.outcome_named(outcome) is None:
        said = _("There is no outcome “%(outcome)s”.") % {"outcome": outcome}
    if said:
        raise InvalidRequest([{"path": "/outcome", "code": "not_known", "message": said}])


def _record(known: KnownAnswer, actor: Person, kind: str) -> None:
    data = {"task": str(known.task_id), "title": known.task.title, "outcome": known.outcome}
    api.record_change(chain=f"queue:{known.task.queue.slug}", kind=kind, data=data, actor=actor_of(actor))

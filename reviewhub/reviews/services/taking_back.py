"""Taking a decision back while its undo window is open. Nothing has gone out yet, so nothing is reversed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.exceptions import InvalidTransition
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import PermissionDenied, require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.exceptions import TaskMoved, UndoClosed
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services.claims import hand_to
from reviewhub.reviews.services.holding import hold_task, standing_of, what_happened


@transaction.atomic
def take_back_decision(*, task_id: UUID | str, actor: Person) -> ReviewTask:
    """Undo one's own decision; the task is the decider's again.

    Raises PermissionDenied (somebody else's), UndoClosed, TaskMoved (nothing to take back), TaskNotFound.
    """
    task = hold_task(task_id)
    require(actor, "task.decide", task)
    decision = _last_of(task, actor)
    if decision is None:
        raise TaskMoved(
            _("There is no decision to take back: %(what_happened)s") % {"what_happened": what_happened(task)},
            **standing_of(task),
        )
    if decision.by_id != actor.pk:
        raise PermissionDenied(
            _("Only %(by)s can take this decision back.") % {"by": decision.by.display_name}, verb="task.decide"
        )
    clock = ports.clock()
    if decision.undo_until is None or decision.undo_until <= clock.system_now():
        raise UndoClosed(_too_late(task), **standing_of(task))
    try:
        api.take_back_decision(run_id=task.run_id, key=task.key, actor=actor_of(actor))
    except InvalidTransition as error:
        raise UndoClosed(_too_late(task), **standing_of(task)) from error
    task.refresh_from_db()
    now = clock.process_now()
    standing = Decision.objects.filter(pk=decision.pk, taken_back_at__isnull=True)
    standing.update(taken_back_at=now, taken_back_by=actor)
    if task.holder_id(clock.system_now()) in (None, actor.pk):
        hand_to(task, actor, at=now)
    task.outcome, task.decided_at, task.undo_until = "", None, None
    task.stands_still_since = task.stands_still_since or task.clocks_stopped_at
    task.version += 1
    task.save()
    announce(Fact("taken_back", task, now, by=actor))
    return task


def _last_of(task: ReviewTask, actor: Person) -> Decision | None:
    """The one that stands; where several decide and the task is open still, the actor's own."""
    standing = task.decisions.filter(taken_back_at__isnull=True).select_related("by")
    if task.approvals is not None and task.is_waiting:
        return standing.filter(by=actor).first()
    if task.status not in (ReviewTask.Status.DECIDED, ReviewTask.Status.CLOSED):
        return None
    return standing.order_by("-received_at", "-seat").first()


def _too_late(task: ReviewTask) -> str:
    if task.is_waiting:
        return _("Your decision on “%(title)s” cannot be taken back any more.") % {"title": task.title}
    return _("“%(outcome_label)s” for “%(title)s” counts already: the time for taking it back is over.") % {
        "outcome_label": task.outcome_label,
        "title": task.title,
    }

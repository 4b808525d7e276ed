"""Many tasks handed over in one act of a lead: each for itself, with a record of its own; what cannot go is named."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Absence, Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.exceptions import InvalidRequest, TaskMoved, TaskNotFound
from reviewhub.reviews.models import Assignment, Queue, ReviewTask
from reviewhub.reviews.services.holding import hold_task, is_excluded, refuse_moved, refuse_stale, standing_of
from reviewhub.reviews.services.one_by_one import Done, one_by_one


def hand_over_tasks(*, queue: Queue, versions: Mapping[UUID, int | None], to: Person | None, actor: Person) -> Done:
    """Hands tasks of the queue to somebody of it, or back to all of it. At most `one_by_one.MOST`. `versions`: as each
    was shown; what has changed since is held back, and None is not asked.

    Raises PermissionDenied, InvalidRequest.
    """
    require(actor, "queue.lead", queue)
    if to is not None:
        _refuse_recipient(queue, to)

    def act(task_id: UUID) -> ReviewTask:
        return _hand_over(task_id, versions[task_id], queue, to, actor)

    return one_by_one(queue=queue, task_ids=versions, act=act)


@transaction.atomic
def _hand_over(task_id: UUID, version: int | None, queue: Queue, to: Person | None, actor: Person) -> ReviewTask:
    task = hold_task(task_id)
    _refuse(task, queue, to)
    refuse_stale(task, version)
    now = ports.clock().process_now()
    before = _let_go(task, now)
    if to is not None:
        _give(task, to, now)
    else:
        task.status, task.claimed_by, task.claim_expires_at = ReviewTask.Status.OPEN, None, None
        task.moved = False
    task.version += 1
    task.save(update_fields=("status", "claimed_by", "claim_expires_at", "moved", "version"))
    data = {
        "key": task.key,
        "to": str(to.pk) if to else "",
        "to_label": to.display_name if to else "",
        "from_label": ", ".join(person.display_name for person in before),
        "giving": "lead",
    }
    api.record_run_event(run_id=task.run_id, kind="desk.given", data=data, actor=actor_of(actor))
    others = tuple(person for person in before if to is None or person.pk != to.pk)
    if others or to is None:
        announce(Fact("released", task, now, by=actor, people=others))
    if to is not None:
        announce(Fact("given", task, now, by=actor, people=(to,)))
    return task


def _refuse(task: ReviewTask, queue: Queue, to: Person | None) -> None:
    refuse_moved(task)
    if task.queue_id != queue.pk:
        raise TaskNotFound(_("It is no task of %(title)s.") % {"title": queue.title})
    if task.is_paused:
        raise TaskMoved(_("It is set aside: take it up again first."), **standing_of(task))
    if task.approvals is not None and task.moved:
        raise TaskMoved(_("Several people were asked for it by name."), **standing_of(task))
    if to is not None and is_excluded(task, to):
        raise TaskMoved(_("%(to)s may not decide it.") % {"to": to.display_name}, **standing_of(task))
    if to is not None and task.holder_id(ports.clock().system_now()) == to.pk:
        raise TaskMoved(_("%(to)s has it already.") % {"to": to.display_name}, **standing_of(task))


def _let_go(task: ReviewTask, now: datetime) -> tuple[Person, ...]:
    """Whoever held it, or was asked for it by name, has it no more."""
    given = task.assignments.filter(ended_at=None)
    people = {person.pk: person for person in Person.objects.filter(assignments__in=given)}
    if task.claimed_by is not None and task.holder_id(ports.clock().system_now()) is not None:
        people[task.claimed_by.pk] = task.claimed_by
    given.update(ended_at=now, ended=Assignment.Ended.MOVED)
    return tuple(people[pk] for pk in sorted(people))


def _give(task: ReviewTask, to: Person, now: datetime) -> None:
    Assignment.objects.create(task=task, person=to, role=Assignment.Role.REVIEWER, assigned_at=now)
    task.status, task.claimed_by = ReviewTask.Status.CLAIMED, to
    task.claim_expires_at = ports.clock().system_now() + timedelta(minutes=task.queue.given_minutes)
    task.moved = False


def _refuse_recipient(queue: Queue, to: Person) -> None:
    now = ports.clock().process_now()
    if not to.is_active or not queue.memberships.filter(person=to).exists():
        raise _refused("/to", _("%(to)s does not work in %(title)s.") % {"to": to.display_name, "title": queue.title})
    if Absence.objects.filter(person=to, starts_at__lte=now, ends_at__gt=now).exists():
        raise _refused("/to", _("%(to)s is away.") % {"to": to.display_name})


def _refused(path: str, message: str) -> InvalidRequest:
    return InvalidRequest([{"path": path, "code": "refused", "message": message}])

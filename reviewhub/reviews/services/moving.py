"""What waits with somebody who goes away or leaves goes to who stands in; never to the requester, never in a circle."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from orchestration import api, ports
from reviewhub.accounts.absences import standing_in
from reviewhub.accounts.models import Absence, Person
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME
from reviewhub.reviews.services.holding import hold_task, is_excluded

_CLAIMS = ReviewTask.objects.filter(status=ReviewTask.Status.CLAIMED, claimed_by=OuterRef("pk"))
_ASKED = Assignment.objects.filter(BY_NAME, person=OuterRef("pk"), ended_at__isnull=True)
HAS_SOMETHING = Q(Exists(_CLAIMS)) | Q(Exists(_ASKED))  # of a person; those who have left become many over the years
AT_ONCE = 100  # tasks of one person in one round; the rest follows in the next


def move_what_waits() -> None:
    """Of everybody who is away by now, or may no longer sign in. Runs again and again: what has gone has gone."""
    now = ports.clock().process_now()
    away = Absence.objects.filter(starts_at__lte=now, ends_at__gt=now).values("person")
    for person in Person.objects.filter(Q(pk__in=away) | (Q(is_active=False) & HAS_SOMETHING)).order_by("pk"):
        for task_id in _waiting_with(person):
            move_away_from(task_id=task_id, person=person)


@transaction.atomic
def move_away_from(*, task_id: UUID | str, person: Person) -> bool:
    """Takes a claim and what was asked of `person` by name to whoever stands in. Whether there was anything.

    Where nobody stands in, the task is its queue's.
    """
    task = hold_task(task_id)
    if not task.is_waiting:
        return False
    now = ports.clock().process_now()
    own = task.assignments.filter(person=person, ended_at=None).first()
    held = task.claimed_by_id == person.pk
    if own is None and not held:
        return False
    if own is not None and own.role == Assignment.Role.APPROVER:
        api.ask_again(run_id=task.run_id, key=task.key, instead_of=str(person.pk))
        task.refresh_from_db()
        own = None
    by_name = own is not None and (own.level > 0 or own.role == Assignment.Role.DELEGATE)
    instead = standing_in(person, now, lambda other: other.pk != person.pk and not is_excluded(task, other))
    if own is not None:
        Assignment.objects.filter(pk=own.pk).update(ended_at=now, ended=Assignment.Ended.MOVED)
    if held:
        task.status, task.claimed_by, task.claim_expires_at = ReviewTask.Status.OPEN, None, None
    if own is not None and instead is not None:
        _ask_instead(task, own, instead, now)
    _give_back_to_queue(task, by_name=by_name, found=instead is not None)
    task.version += 1
    task.save(update_fields=("status", "claimed_by", "claim_expires_at", "moved", "version"))
    data = {"key": task.key, "from_label": person.display_name, "to_label": instead.display_name if instead else ""}
    api.record_run_event(run_id=task.run_id, kind="desk.moved", data=data, actor=ports.SYSTEM)
    announce(Fact("stood_in", task, now, people=(instead,) if instead else (), details={"away": person.display_name}))
    return True


def _waiting_with(person: Person) -> list[UUID]:
    asked = Assignment.objects.filter(BY_NAME, person=person, ended_at__isnull=True).values("task")
    waiting = ReviewTask.objects.waiting().filter(Q(claimed_by=person) | Q(pk__in=asked))
    return list(waiting.order_by("urgency_at", "id").values_list("pk", flat=True)[:AT_ONCE])


def _ask_instead(task: ReviewTask, own: Assignment, instead: Person, now: datetime) -> None:
    """In the same role. A claim is not taken on for anybody: they are asked by name, as by a colleague."""
    values = {"role": own.role, "level": own.level, "asked_by": own.asked_by, "note": own.note}
    if own.level == 0 and own.role == Assignment.Role.REVIEWER:
        values = {"role": Assignment.Role.DELEGATE, "asked_by": own.person}
    if not task.assignments.filter(person=instead, ended_at=None).exists():
        Assignment.objects.create(task=task, person=instead, assigned_at=now, **values)


def _give_back_to_queue(task: ReviewTask, *, by_name: bool, found: bool) -> None:
    if by_name and not found and not task.assignments.filter(ended_at=None).exists():
        task.moved = False

"""Giving a task to somebody else: delegated to a colleague, declined with a reason, or up the chain at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.exceptions import InvalidTransition
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import PermissionDenied, require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.approvals import is_for_named
from reviewhub.reviews.exceptions import InvalidRequest, TaskMoved
from reviewhub.reviews.looks.appearing import as_it_came
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.people import people_for
from reviewhub.reviews.services.claims import end_claims
from reviewhub.reviews.services.holding import (
    hold_task,
    is_excluded,
    refuse_moved,
    refuse_picking,
    refuse_requester,
    refuse_stale,
    refuse_taken,
    standing_of,
)

LONGEST = 500


@transaction.atomic
def delegate_task(
    *, task_id: UUID | str, actor: Person, to: Person, note: str = "", expected_version: int | None = None
) -> list[Person]:
    """Hand the task to a colleague, who may decide it from now on. Others of the queue still can; a claim is given up.
    Where the colleague is away, or may not decide, it reaches whoever stands in, as an escalation level would.

    Returns whom it has reached. Raises PermissionDenied, SelfApproval, StaleTask, TaskMoved, TaskTaken,
    InvalidRequest, TaskNotFound.
    """
    task = hold_to_give(task_id, actor, "task.delegate", expected_version)
    if to.pk not in {person.pk for person in colleagues_for(task, actor)}:
        raise InvalidRequest([_fault("/to", _("%(to)s cannot be given this task.") % {"to": to.display_name})])
    now, note = ports.clock().process_now(), note.strip()
    reached = people_for(task, {"kind": "user", "name": to.username}, now, {str(actor.pk)})
    if not reached:
        raise InvalidRequest([_fault("/to", _("Nobody is here who could be given this task."))])
    _end_own(task, actor, ended=Assignment.Ended.MOVED)
    values = {"role": Assignment.Role.DELEGATE, "asked_by": actor, "note": note[:LONGEST]}
    for person in reached:
        if not task.assignments.filter(person=person, ended_at=None).update(**values):
            Assignment.objects.create(task=task, person=person, assigned_at=now, **values)
    _give_up_claim(task)
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.delegated",
        data={"key": task.key, **_given_to(reached), **({} if to in reached else {"for_label": to.display_name})},
        actor=actor_of(actor),
        values={"note": note} if note else None,
    )
    announce(Fact("delegated", task, now, by=actor, people=tuple(reached), details={"note": note}))
    return reached


@transaction.atomic
def take_back_delegation(*, task_id: UUID | str, actor: Person) -> ReviewTask:
    """The one who delegated takes the task back. Raises PermissionDenied where there is nothing of theirs."""
    task = hold_task(task_id)
    refuse_moved(task)
    given = task.assignments.filter(role=Assignment.Role.DELEGATE, asked_by=actor, ended_at=None)
    people = tuple(Person.objects.filter(assignments__in=given))
    if not people:
        raise PermissionDenied(
            _("%(actor)s has not delegated this task.") % {"actor": actor.display_name}, verb="task.delegate"
        )
    now = ports.clock().process_now()
    given.update(ended_at=now, ended=Assignment.Ended.TAKEN_BACK)
    if task.claimed_by_id in {person.pk for person in people}:
        _give_up_claim(task)
    data = {"key": task.key, "from_label": ", ".join(person.display_name for person in people)}
    api.record_run_event(run_id=task.run_id, kind="desk.undelegated", data=data, actor=actor_of(actor))
    announce(Fact("undelegated", task, now, by=actor, people=people))
    return task


@transaction.atomic
def decline_task(*, task_id: UUID | str, actor: Person, reason: str, expected_version: int | None = None) -> ReviewTask:
    """Say, with a reason, that somebody else should decide. What was delegated goes back to whoever delegated it; a
    task that would be left with nobody goes back to its queue. It is not offered to the decliner again.

    Raises PermissionDenied, StaleTask, TaskMoved, TaskTaken, InvalidRequest, TaskNotFound.
    """
    task = hold_to_give(task_id, actor, "task.decline", expected_version)
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise InvalidRequest([_fault("/reason", _("Say why, in a few words."))])
    now = ports.clock().process_now()
    own = task.assignments.filter(person=actor, ended_at=None).select_related("asked_by").first()
    if own is None:
        own = Assignment(task=task, person=actor, role=Assignment.Role.REVIEWER, assigned_at=now)
    own.ended_at, own.ended, own.note = now, Assignment.Ended.DECLINED, reason
    own.save()
    if task.claimed_by_id in (actor.pk, None):
        _give_up_claim(task)
    if task.moved and not (is_for_named(task) if task.approvals else task.assignments.filter(ended_at=None).exists()):
        ReviewTask.objects.filter(pk=task.pk).update(moved=False)
        task.moved = False
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.declined",
        data={"key": task.key},
        actor=actor_of(actor),
        values={"text": reason},
    )
    people = (own.asked_by,) if own.asked_by else ()
    announce(Fact("declined", task, now, by=actor, people=people, details={"reason": reason}))
    return task


@transaction.atomic
def escalate_task(
    *, task_id: UUID | str, actor: Person, note: str = "", expected_version: int | None = None
) -> ReviewTask:
    """Reach the next level of the chain now; where none is left, the queue's manager and then its leads are asked.

    Raises PermissionDenied, SelfApproval, StaleTask, TaskMoved, TaskTaken, InvalidRequest, TaskNotFound.
    """
    task = hold_to_give(task_id, actor, "task.escalate", expected_version)
    now, note = ports.clock().process_now(), note.strip()[:LONGEST]
    values = {"note": note} if note else None
    data = {"key": task.key}
    api.record_run_event(run_id=task.run_id, kind="desk.escalated", data=data, actor=actor_of(actor), values=values)
    try:
        api.call_level(run_id=task.run_id, key=task.key, actor=actor_of(actor))
    except InvalidTransition as error:
        task.refresh_from_db()
        if not task.is_waiting:
            raise TaskMoved(
                _("“%(title)s” has moved on: %(error)s") % {"title": task.title, "error": error}, **standing_of(task)
            ) from error
        _ask_manager(task, actor, note)
    task.refresh_from_db()
    if task.claimed_by_id == actor.pk:
        end_claims(task, at=now)
        _give_up_claim(task)
    return task


def colleagues_for(task: ReviewTask, actor: Person) -> list[Person]:
    """Whom `actor` may give the task to: the queue's people and their own manager, in the order of their names."""
    came = as_it_came(task)
    queue = task.queue
    near = Q(memberships__queue=queue) | Q(pk__in=[queue.manager_id, queue.backup_id, actor.manager_id])
    found = Person.objects.filter(near, is_active=True).exclude(pk=actor.pk).distinct().order_by("display_name")
    return [person for person in found if not is_excluded(came, person)]


def hold_to_give(task_id: UUID | str, actor: Person, verb: str, expected_version: int | None) -> ReviewTask:
    """The task, locked, if the actor may give it away."""
    task = hold_task(task_id)
    require(actor, verb, task)
    if verb != "task.decline":
        refuse_requester(task, actor)
        refuse_picking(task, actor)
    refuse_moved(task)
    refuse_stale(task, expected_version)
    refuse_taken(task, actor, ports.clock().system_now())
    return task


def _ask_manager(task: ReviewTask, actor: Person, note: str) -> None:
    now = ports.clock().process_now()
    people = [
        person
        for person in people_for(task, {"kind": "manager_of", "of": "queue"}, now)
        if person.pk != actor.pk and not task.assignments.filter(person=person, ended_at=None, level__gt=0).exists()
    ]
    if not people:
        raise InvalidRequest([_fault("", _("Everybody above has been asked already."))])
    task.level += 1
    task.save(update_fields=("level",))
    for person in people:
        values = {"role": Assignment.Role.MANAGER, "level": task.level, "asked_by": actor, "note": note}
        if not task.assignments.filter(person=person, ended_at=None).update(**values):
            Assignment.objects.create(task=task, person=person, assigned_at=now, **values)
    details = {"level": task.level, "to": {"kind": "manager_of", "of": "queue"}, "mode": "add"}
    announce(Fact("escalated", task, now, by=actor, people=tuple(people), details=details))


def _given_to(people: Sequence[Person]) -> dict[str, str]:
    return {
        "to": ",".join(str(person.pk) for person in people),
        "to_label": ", ".join(person.display_name for person in people),
    }


def _end_own(task: ReviewTask, actor: Person, *, ended: str) -> None:
    now = ports.clock().process_now()
    task.assignments.filter(person=actor, ended_at=None).update(ended_at=now, ended=ended)


def _give_up_claim(task: ReviewTask) -> None:
    """Whoever held it holds it no more; a page that shows it as it was is stale. A pause goes on."""
    if not task.is_paused:
        task.status = ReviewTask.Status.OPEN
    task.claimed_by, task.claim_expires_at = None, None
    task.version += 1
    task.save(update_fields=("status", "claimed_by", "claim_expires_at", "version"))


def _fault(path: str, message: str) -> dict[str, str]:
    return {"path": path, "code": "refused", "message": message}

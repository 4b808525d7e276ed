"""Claiming a task: a lease that keeps others from working on the same thing."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.exceptions import NotPicked, TaskMoved
from reviewhub.reviews.models import Assignment, ReviewTask
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

_CANDIDATES = 100


def claim_task(*, task_id: UUID | str, actor: Person, expected_version: int | None = None) -> ReviewTask:
    """Take the task for the length of the queue's lease; claiming one's own again makes the lease anew.

    Raises PermissionDenied, SelfApproval, NotPicked, StaleTask, TaskMoved, TaskTaken, TaskNotFound.
    """
    return _claim(task_id, actor, expected_version)


@transaction.atomic
def _claim(
    task_id: UUID | str, actor: Person, expected_version: int | None = None, *, pulled: bool = False
) -> ReviewTask:
    """`pulled`: the desk chose it, as the most urgent one, and not the actor."""
    task = hold_task(task_id)
    clock = ports.clock()
    require(actor, "task.claim", task)
    refuse_requester(task, actor)
    refuse_moved(task)
    refuse_stale(task, expected_version)
    refuse_taken(task, actor, clock.system_now())
    refuse_picking(task, actor, pulled=pulled)
    if task.is_paused:
        raise TaskMoved(
            _("“%(title)s” is set aside: take it up again first.") % {"title": task.title}, **standing_of(task)
        )
    if task.claimed_by_id == actor.pk and task.holder_id(clock.system_now()) is not None:
        return renew_lease(task)
    hand_to(task, actor, at=clock.process_now())
    task.version += 1
    task.save(update_fields=("status", "claimed_by", "claim_expires_at", "version"))
    until = task.claim_expires_at.isoformat() if task.claim_expires_at else None
    api.record_run_event(
        run_id=task.run_id, kind="desk.claimed", data={"key": task.key, "until": until}, actor=actor_of(actor)
    )
    announce(Fact("claimed", task, clock.process_now(), by=actor))
    return task


def claim_next_task(*, actor: Person) -> ReviewTask | None:
    """Claim the most urgent task of the actor's queues that nobody has, that they have not declined and have the skills
    for; where there is none, the most urgent that they hold already, if any."""
    system_now = ports.clock().system_now()
    waiting = ReviewTask.objects.team(actor).unassigned(system_now).not_declined_by(actor).urgent_first()
    waiting = waiting.filter(queue__held_at__isnull=True)
    skills: frozenset[str] | None = None
    for task in waiting.only("id", "excluded", "approvals", "skills")[:_CANDIDATES]:
        if task.skills and skills is None:
            skills = frozenset(actor.skills.values_list("name", flat=True))
        if is_excluded(task, actor) or not skills_suffice(task, skills):
            continue
        try:
            return _claim(task.pk, actor, pulled=True)
        except (TaskMoved, NotPicked):  # somebody was quicker, or the queue was held just now
            continue
    return ReviewTask.objects.mine(actor, system_now).filter(claimed_by=actor).urgent_first().first()


def skills_suffice(task: ReviewTask, skills: frozenset[str] | None) -> bool:
    return not task.skills or frozenset(task.skills) <= (skills or frozenset())


@transaction.atomic
def release_task(*, task_id: UUID | str, actor: Person, expected_version: int | None = None) -> ReviewTask:
    """Give a claimed task back; a task that nobody holds stays as it is. A lead may release somebody else's: that of
    whoever had it when it was shown, and not of whoever has taken it since.

    Raises PermissionDenied, StaleTask, TaskMoved, TaskNotFound.
    """
    task = hold_task(task_id)
    refuse_moved(task)
    if task.claimed_by_id is None:
        require(actor, "task.claim", task)
        return task
    if task.claimed_by_id != actor.pk:
        require(actor, "task.release", task)
        refuse_stale(task, expected_version)
    now = ports.clock().process_now()
    holder = task.claimed_by
    end_claims(task, at=now)
    task.status, task.claimed_by, task.claim_expires_at = ReviewTask.Status.OPEN, None, None
    task.version += 1
    task.save(update_fields=("status", "claimed_by", "claim_expires_at", "version"))
    data = {"key": task.key, "held_by": holder.display_name if holder else ""}
    api.record_run_event(run_id=task.run_id, kind="desk.released", data=data, actor=actor_of(actor))
    announce(Fact("released", task, now, by=actor, people=(holder,) if holder else ()))
    return task


def renew_lease(task: ReviewTask) -> ReviewTask:
    """Never shorter than it was: what somebody was given is theirs for longer than a lease."""
    anew = ports.clock().system_now() + timedelta(minutes=task.queue.lease_minutes)
    task.claim_expires_at = max(task.claim_expires_at or anew, anew)
    task.save(update_fields=("claim_expires_at",))
    return task


def hand_to(task: ReviewTask, person: Person, *, at: datetime) -> None:
    """Make `person` the holder, with an assignment of their own. The caller saves the task."""
    end_claims(task, at=at)
    open_one = Assignment.objects.filter(task=task, person=person, ended_at__isnull=True)
    if not open_one.exists():
        Assignment.objects.create(task=task, person=person, role=Assignment.Role.REVIEWER, assigned_at=at)
    task.status = ReviewTask.Status.CLAIMED
    task.claimed_by = person
    task.claim_expires_at = ports.clock().system_now() + timedelta(minutes=task.queue.lease_minutes)


def end_claims(task: ReviewTask, *, at: datetime) -> None:
    claims = Assignment.objects.filter(task=task, level=0, role=Assignment.Role.REVIEWER, ended_at__isnull=True)
    claims.update(ended_at=at, ended=Assignment.Ended.RELEASED)

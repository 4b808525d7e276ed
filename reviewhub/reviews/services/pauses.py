"""Setting a task aside for a while, and taking it up again. Whether its clock stands still is its queue's policy."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from orchestration.exceptions import InvalidTransition
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.exceptions import InvalidRequest, TaskMoved
from reviewhub.reviews.models import InformationRequest, ReviewTask
from reviewhub.reviews.services.claims import end_claims
from reviewhub.reviews.services.holding import (
    hold_task,
    refuse_moved,
    refuse_picking,
    refuse_requester,
    refuse_stale,
    refuse_taken,
    standing_of,
)

LONGEST = timedelta(days=30)


@transaction.atomic
def snooze_task(
    *, task_id: UUID | str, actor: Person, until: datetime, expected_version: int | None = None
) -> ReviewTask:
    """Set the task aside until `until` (process time): at most 30 days, and not past a deadline whose clock runs.

    Raises PermissionDenied, SelfApproval, StaleTask, TaskMoved, TaskTaken, InvalidRequest, TaskNotFound.
    """
    task = hold_to_pause(task_id, actor, "task.snooze", expected_version)
    _refuse_instant(task, until)
    return set_aside(task, actor, why="snoozed", until=until, stops_clock=task.queue.snoozing_stops_clock)


@transaction.atomic
def wake_task(*, task_id: UUID | str, actor: Person) -> ReviewTask:
    """Take up a task that was set aside. An open question to the requester is revoked. A task that waits for nothing
    stays as it is. Raises PermissionDenied, TaskMoved, TaskNotFound."""
    task = hold_task(task_id)
    require(actor, "task.snooze" if task.status == ReviewTask.Status.SNOOZED else "task.ask", task)
    refuse_moved(task)
    if not task.is_paused:
        return task
    now = ports.clock().process_now()
    InformationRequest.objects.filter(task=task, answered_at=None, revoked_at=None).update(revoked_at=now)
    api.resume_review(run_id=task.run_id, key=task.key, actor=actor_of(actor))
    task.refresh_from_db()
    return task


def hold_to_pause(task_id: UUID | str, actor: Person, verb: str, expected_version: int | None) -> ReviewTask:
    """The task, locked, if the actor may set it aside."""
    task = hold_task(task_id)
    require(actor, verb, task)
    refuse_requester(task, actor)
    refuse_moved(task)
    refuse_stale(task, expected_version)
    refuse_taken(task, actor, ports.clock().system_now())
    refuse_picking(task, actor)
    if task.is_paused:
        raise TaskMoved(_("“%(title)s” is set aside already.") % {"title": task.title}, **standing_of(task))
    return task


def set_aside(task: ReviewTask, actor: Person, *, why: str, until: datetime, stops_clock: bool) -> ReviewTask:
    """`why` is asked or snoozed. Timers that were due before are fired first, and may have ended the task."""
    try:
        at = api.pause_review(
            run_id=task.run_id, key=task.key, why=why, actor=actor_of(actor), stops_clock=stops_clock, until=until
        )
    except InvalidTransition as error:
        raise TaskMoved(
            _("“%(title)s” has moved on: %(error)s") % {"title": task.title, "error": error}, **standing_of(task)
        ) from error
    task.refresh_from_db()
    end_claims(task, at=at)
    task.status, task.claimed_by, task.claim_expires_at = why, None, None
    task.paused_by, task.wakes_at = actor, until
    task.stands_still_since = task.clocks_stopped_at or (at if stops_clock else None)
    task.version += 1
    task.save()
    announce(Fact(why, task, at, by=actor))
    return task


def _refuse_instant(task: ReviewTask, until: datetime) -> None:
    now = ports.clock().process_now()
    said = ""
    if until <= now:
        said = _("Choose a time that is still to come.")
    elif until > now + LONGEST:
        said = _("A task can be snoozed for 30 days at most.")
    elif task.due_at is not None and until > task.due_at and not task.queue.snoozing_stops_clock:
        said = _("Its deadline comes before that.")
    if said:
        raise InvalidRequest([{"path": "/until", "code": "refused", "message": said}])

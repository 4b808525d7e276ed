"""Reminding whoever has a task that others wait for: now and then, and for all who wait together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.exceptions import NudgedAlready, TaskMoved
from reviewhub.reviews.models import Nudge, Queue, QueueMembership, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME
from reviewhub.reviews.services.holding import hold_task, is_excluded, refuse_moved, standing_of
from reviewhub.reviews.services.one_by_one import Done, one_by_one


@transaction.atomic
def nudge_assignee(*, task_id: UUID | str, actor: Person) -> Nudge:
    """Reminds whoever has the task, or was asked for it by name; where nobody has it, the queue's leads.

    Raises PermissionDenied, NudgedAlready, TaskMoved (nobody else has it, or the requester does), TaskNotFound.
    """
    task = hold_task(task_id)
    require(actor, "task.nudge", task)
    refuse_moved(task)
    now = ports.clock().process_now()
    _refuse_early(task, actor, now)
    people = who_has(task, actor)
    if not people:
        raise TaskMoved(_nobody(task), **standing_of(task))
    names = [] if is_sealed(task) else [person.display_name for person in people]
    nudge = Nudge.objects.create(task=task, by=actor, at=now, told=names)
    data = {"key": task.key, "to_label": ", ".join(names)}
    api.record_run_event(run_id=task.run_id, kind="desk.nudged", data=data, actor=actor_of(actor))
    announce(Fact("nudged", task, now, by=actor, people=tuple(people), details={"nudge": nudge.pk}))
    return nudge


def nudge_together(*, queue: Queue, task_ids: Iterable[UUID], actor: Person) -> Done:
    """Many tasks of a queue, each for itself; what cannot be is named. At most `one_by_one.MOST`.

    Raises PermissionDenied, InvalidRequest.
    """
    require(actor, "queue.lead", queue)
    return one_by_one(
        queue=queue, task_ids=task_ids, act=lambda task_id: nudge_assignee(task_id=task_id, actor=actor).task
    )


def who_has(task: ReviewTask, actor: Person) -> list[Person]:
    """Whoever a reminder reaches, but for the actor, in the order of their names."""
    found = [person for person in _asked(task) if person.pk != actor.pk] if task.status != "asked" else []
    return sorted(found, key=lambda person: (person.display_name, person.pk))


def last_nudge(task: ReviewTask, now: datetime) -> Nudge | None:
    """The one for which the next has to wait."""
    last = task.nudges.select_related("task__queue").last()
    return last if last is not None and last.again_at > now else None


def why_early(nudge: Nudge, actor: Person, now: datetime) -> str:
    """Alice Moreau was reminded 12 minutes ago; again from 14:20."""
    names, zone = nudge.told, actor.timezone
    who = ngettext("%(names)s was", "%(names)s were", len(names)) % {"names": ", ".join(names)}
    who = who if names else _("Whoever is asked was")
    local, today = nudge.again_at.astimezone(zone), now.astimezone(zone).date()
    at = f"{local:%H:%M}" if local.date() == today else f"{local:%a %d %b %H:%M}"
    return _("%(who)s reminded %(ago)s; again from %(at)s.") % {"who": who, "ago": _ago(now - nudge.at), "at": at}


def _asked(task: ReviewTask) -> Iterable[Person]:
    """The first of these that there are: who holds it, who was asked by name, the queue's leads, its manager."""
    queue = task.queue
    by_name = task.assignments.filter(BY_NAME, ended_at=None).values("person")
    leads = queue.memberships.filter(role=QueueMembership.Role.LEAD).values("person")
    for wanted in (Q(pk=_holder(task)), Q(pk__in=by_name), Q(pk__in=leads), Q(pk=queue.manager_id)):
        found = Person.objects.filter(wanted, is_active=True)
        if people := [person for person in found if not is_excluded(task, person)]:
            return people
    return []


def _holder(task: ReviewTask) -> int | None:
    return task.paused_by_id if task.is_paused else task.holder_id(ports.clock().system_now())


def _refuse_early(task: ReviewTask, actor: Person, now: datetime) -> None:
    last = last_nudge(task, now)
    if last is not None:
        details = {"people": last.told, "at": last.at.isoformat(), "again_at": last.again_at.isoformat()}
        raise NudgedAlready(why_early(last, actor, now), **details)


def _nobody(task: ReviewTask) -> str:
    if task.status == ReviewTask.Status.ASKED:
        return _("“%(title)s” waits for the requester’s answer.") % {"title": task.title}
    return _("Nobody else has “%(title)s”: it can be handed over or escalated.") % {"title": task.title}


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(number)s minute ago", "%(number)s minutes ago", minutes) % {"number": minutes}
    hours = minutes // 60
    return ngettext("%(number)s hour ago", "%(number)s hours ago", hours) % {"number": hours}

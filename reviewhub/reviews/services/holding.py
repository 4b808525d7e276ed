"""Getting hold of a task, and saying what happened to one that has moved on."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import PermissionDenied, allows
from reviewhub.compiled import IDENTITY, Statement, statement_of
from reviewhub.reviews.approvals import has_voted
from reviewhub.reviews.exceptions import (
    AlreadyDecided,
    NotPicked,
    SelfApproval,
    StaleTask,
    TaskMoved,
    TaskNotFound,
    TaskTaken,
)
from reviewhub.reviews.models import QueueMembership, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME


def hold_task(task_id: UUID | str) -> ReviewTask:
    """Lock the run, then the task, until the transaction ends."""
    known = _run(connection.vendor).rows(UUID(str(task_id)))
    if not known:
        raise TaskNotFound
    api.hold_run(known[0][0])
    return ReviewTask.objects.select_related("queue", "claimed_by").select_for_update(of=("self",)).get(pk=task_id)


@lru_cache(maxsize=2)
def _run(vendor: str) -> Statement:
    return statement_of(ReviewTask.objects.filter(pk=IDENTITY).order_by().values_list("run_id"), IDENTITY)


def read_again(task: ReviewTask) -> None:
    """What others have made of the task meanwhile, in this transaction. The queue is not read again where it is the
    same one."""
    (now,) = _alone(connection.vendor).objects(ReviewTask, task.pk)
    for each in ReviewTask._meta.concrete_fields:  # noqa: SLF001 - public
        setattr(task, each.attname, getattr(now, each.attname))


@lru_cache(maxsize=2)
def _alone(vendor: str) -> Statement:
    return statement_of(ReviewTask.objects.filter(pk=IDENTITY).order_by(), IDENTITY)


def refuse_requester(task: ReviewTask, person: Person) -> None:
    """Nor whoever has decided already, where several have to, nor somebody who was not asked where others were."""
    if has_voted(task, person):
        raise AlreadyDecided(
            _("%(person)s has decided “%(title)s” already: another person is needed.")
            % {"person": person.display_name, "title": task.title}
        )
    if names_others(task, person):
        raise PermissionDenied(
            _("%(person)s is not among those asked to decide “%(title)s”.")
            % {"person": person.display_name, "title": task.title}
        )
    if is_requester(task, person):
        raise SelfApproval(
            _("%(person)s is excluded from “%(title)s”: nobody decides their own request.")
            % {"person": person.display_name, "title": task.title}
        )


def may_decide(task: ReviewTask, person: Person) -> bool:
    """Whether an answer of this person would be taken now, as far as who they are goes."""
    able = task.is_waiting and allows(person, "task.decide", task)
    return able and not is_excluded(task, person) and not names_others(task, person)


def is_excluded(task: ReviewTask, person: Person) -> bool:
    """May not decide it, whatever they are asked: it is their own request, or they have decided already."""
    return is_requester(task, person) or has_voted(task, person)


def names_others(task: ReviewTask, person: Person) -> bool:
    """Where people were asked by name to decide together, nobody else does."""
    if task.approvals is None or not task.moved:
        return False
    return not task.assignments.filter(BY_NAME, person=person, ended_at__isnull=True).exists()


def is_requester(task: ReviewTask, person: Person) -> bool:
    return bool({person.email.lower(), person.username.lower()} & set(task.excluded))


def refuse_stale(task: ReviewTask, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != task.version:
        raise StaleTask(
            _("“%(title)s” has changed since it was shown: %(what_happened)s")
            % {"title": task.title, "what_happened": what_happened(task)},
            **standing_of(task),
        )


def refuse_moved(task: ReviewTask) -> None:
    if not task.is_waiting:
        raise TaskMoved(
            _("“%(title)s” has moved on: %(what_happened)s")
            % {"title": task.title, "what_happened": what_happened(task)},
            **standing_of(task),
        )


def refuse_taken(task: ReviewTask, person: Person, system_now: datetime) -> None:
    holder = task.holder_id(system_now)
    if holder is not None and holder != person.pk:
        raise TaskTaken(
            _("“%(title)s” is taken: %(what_happened)s") % {"title": task.title, "what_happened": what_happened(task)},
            **standing_of(task),
        )


def refuse_picking(task: ReviewTask, person: Person, *, pulled: bool = False) -> None:
    """Where the queue is held, or its people take what they are given. `pulled`: the desk has chosen the task."""
    why = why_not_picked(task, person, pulled=pulled)
    if why:
        raise NotPicked(why, verb="task.claim")


def why_not_picked(task: ReviewTask, person: Person, *, pulled: bool = False) -> str:
    """Empty where it may be, and for whoever has the task or was asked by name."""
    queue = task.queue
    picks = queue.pull_only and not pulled and (queue.pk, QueueMembership.Role.REVIEWER) in person.queue_roles
    if (queue.held_at is None and not picks) or _is_theirs(task, person):
        return ""
    if queue.held_at is not None:
        return _("%(title)s is held by %(held_by)s: %(hold_reason)s") % {
            "title": queue.title,
            "held_by": queue.held_by,
            "hold_reason": queue.hold_reason,
        }
    return _("In %(title)s nobody picks: “Start reviewing” gives you the most urgent.") % {"title": queue.title}


def _is_theirs(task: ReviewTask, person: Person) -> bool:
    has_it = person.pk in (task.holder_id(ports.clock().system_now()), task.paused_by_id)
    return has_it or task.assignments.filter(BY_NAME, person=person, ended_at__isnull=True).exists()


def what_happened(task: ReviewTask) -> str:
    """One sentence about the task's present state."""
    now = standing_of(task)
    match task.status:
        case "decided" | "closed" if now["by"]:
            return _("%(by)s decided “%(outcome_label)s”.") % {"by": now["by"], "outcome_label": now["outcome_label"]}
        case "closed":
            return _("nobody answered in time, and it ended as “%(outcome_label)s”.") % now
        case "withdrawn":
            return f"{_('it was withdrawn.')} {task.withdrawn_reason}".strip()
        case "claimed" if task.holder_id(ports.clock().system_now()) is not None:
            return _("%(by)s has claimed it.") % {"by": now["by"]}
        case "asked":
            return _("a question to the requester is open.")
        case "snoozed":
            return _("%(by)s has snoozed it.") % {"by": now["by"]}
        case _:
            return _("it is open, and nobody has it.")


def standing_of(task: ReviewTask) -> dict[str, str | int | None]:
    """What happened instead, for the details of a TaskMoved."""
    standing = task.decisions.filter(taken_back_at__isnull=True).select_related("by")
    decision = None if task.is_waiting else standing.order_by("-received_at", "-seat").first()
    holder = task.claimed_by if task.status == ReviewTask.Status.CLAIMED else task.paused_by
    by = decision.by if decision else holder
    at = decision.received_at if decision else task.closed_at
    return {
        "status": task.status,
        "outcome": task.outcome,
        "outcome_label": task.outcome_label,
        "by": by.display_name if by else None,
        "at": at.isoformat() if at else None,
        "version": task.version,
    }

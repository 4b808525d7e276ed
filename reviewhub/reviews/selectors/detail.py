"""All that a task's page shows, in a number of queries that does not depend on the task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, Role, require, roles_of
from reviewhub.compiled import IDENTITY, NUMBER, Statement, statement_of
from reviewhub.reviews.approvals import has_voted, seen_by
from reviewhub.reviews.exceptions import TaskNotFound
from reviewhub.reviews.hidden import as_seen_by
from reviewhub.reviews.models import Assignment, Comment, Decision, InformationRequest, Queue, ReviewTask
from reviewhub.reviews.selectors.approvals import Approvals, approvals_of
from reviewhub.reviews.selectors.changes import (
    Changes,
    changes_before,
    changes_seen,
    has_seen_all,
    how_far_seen,
    mark_of,
)
from reviewhub.reviews.selectors.future import FutureEntry, future_of
from reviewhub.reviews.selectors.history import HistoryEntry, history_of
from reviewhub.reviews.selectors.looked import Looked, looked_of
from reviewhub.reviews.services.holding import is_excluded, is_requester, names_others, why_not_picked

_NOT_ONES_OWN = ("task.claim", "task.decide", "task.ask", "task.snooze", "task.delegate", "task.escalate")


@dataclass(frozen=True, slots=True)
class TaskDetail:
    task: ReviewTask
    recommendation: Any | None  # orchestration's Recommendation, with its decision point
    assignments: list[Assignment]  # those still asked
    decisions: list[Decision]  # taken back ones too, the oldest first
    comments: list[Comment]
    question: InformationRequest | None  # to the requester, while it is open
    future: list[FutureEntry]
    history: list[HistoryEntry]
    may: Mapping[str, bool]  # {"task.decide": True, …}; nobody decides their own request
    excluded: bool
    not_picked: str  # why it is not to be picked from the list; empty where it may be
    voted: bool  # the person has decided, and others are needed
    approvals: Approvals | None  # where several decide
    looked: Looked | None  # of second looks, once it is closed
    mark: str  # how far the task is shown
    seen_all: bool  # so far the person has seen it
    changes: Changes | None  # since the person last saw the case; none where they had not
    before: Changes | None  # since the task of the case that came before this one

    @property
    def decision(self) -> Decision | None:
        """The one that stands; where several decide, the one that settled it."""
        standing = [decision for decision in self.decisions if decision.taken_back_at is None]
        return standing[-1] if standing and not self.task.is_waiting else None


def task_detail(task_id: UUID | str, person: Person) -> TaskDetail:
    """Raises TaskNotFound, and PermissionDenied where `task.read` does not allow it."""
    task, roles = _readable(task_id, person)
    has: Any = task
    _put_together(task)
    seen = seen_by(task, person, _decisions(task)) if has.has_decisions else []
    as_seen_by(task, person)
    not_picked = why_not_picked(task, person) if task.is_waiting else ""
    comments = list(task.comments.select_related("by")) if has.has_comments else []
    saw = how_far_seen(person, task)
    return TaskDetail(
        task=task,
        recommendation=task.recommendation,
        assignments=_assignments(task) if has.has_assignments else [],
        decisions=seen,
        comments=comments,
        question=_open_question(task),
        future=future_of(task),
        history=history_of(task),
        may=_may(roles, excluded=is_excluded(task, person) or names_others(task, person) or bool(not_picked)),
        excluded=is_requester(task, person),
        not_picked=not_picked,
        voted=has_voted(task, person),
        approvals=approvals_of(task, seen),
        looked=looked_of(task, person, roles),
        mark=mark_of(task, comments),
        seen_all=has_seen_all(saw, task),
        changes=changes_seen(task, person, saw, comments),
        before=changes_before(task, person) if has.has_earlier else None,
    )


def read_task(task_id: UUID | str, person: Person) -> ReviewTask:
    """The task alone. Raises TaskNotFound, and PermissionDenied where `task.read` does not allow it."""
    return _readable(task_id, person)[0]


def _readable(task_id: UUID | str, person: Person) -> tuple[ReviewTask, frozenset[Role]]:
    """The task, and what roles `person` holds on it."""
    found = list(_task(connection.vendor).objects(ReviewTask, UUID(str(task_id))))
    if not found:
        raise TaskNotFound
    roles = roles_of(person, found[0])
    if not roles & VERBS["task.read"].roles:
        require(person, "task.read", found[0])
    return found[0], roles


@lru_cache(maxsize=2)
def _task(vendor: str) -> Statement:
    """With what there is about it, so that nothing is asked about what is not there."""
    of_it = {"task": OuterRef("pk")}
    there_is = {
        "has_assignments": Exists(Assignment.objects.filter(**of_it, ended_at__isnull=True)),
        "has_decisions": Exists(Decision.objects.filter(**of_it)),
        "has_comments": Exists(Comment.objects.filter(**of_it)),
        "has_earlier": Exists(
            ReviewTask.objects.filter(
                run=OuterRef("run"), item=OuterRef("item"), kind="review", created_at__lt=OuterRef("created_at")
            )
        ),
    }
    return statement_of(ReviewTask.objects.filter(pk=IDENTITY).order_by().annotate(**there_is), IDENTITY)


@lru_cache(maxsize=2)
def _queue(vendor: str) -> Statement:
    return statement_of(Queue.objects.filter(pk=NUMBER).order_by(), NUMBER)


def _put_together(task: ReviewTask) -> None:
    """The task's queue, the people of both and the recommendation, each read once, and only where there is one."""
    (task.queue,) = _queue(connection.vendor).objects(Queue, task.queue_id)
    named = {task.claimed_by_id, task.queue.manager_id, task.queue.backup_id} - {None}
    people = Person.objects.in_bulk(named) if named else {}
    task.claimed_by = people.get(task.claimed_by_id)
    task.queue.manager = people.get(task.queue.manager_id)
    task.queue.backup = people.get(task.queue.backup_id)
    if task.recommendation_id is not None:
        task.recommendation = api.recommendations().get(pk=task.recommendation_id)


def _assignments(task: ReviewTask) -> list[Assignment]:
    return list(task.assignments.filter(ended_at__isnull=True).select_related("person"))


def _decisions(task: ReviewTask) -> list[Decision]:
    return list(task.decisions.select_related("by", "override").prefetch_related("override__reasons"))


def _open_question(task: ReviewTask) -> InformationRequest | None:
    if task.status != ReviewTask.Status.ASKED:
        return None
    return task.information_requests.filter(answered_at=None, revoked_at=None).select_related("by").first()


def _may(roles: frozenset[Role], *, excluded: bool) -> dict[str, bool]:
    acts = {verb: bool(VERBS[verb].roles & roles) for verb in VERBS if verb.startswith("task.")}
    if excluded:
        acts |= dict.fromkeys(_NOT_ONES_OWN, False)
    return acts

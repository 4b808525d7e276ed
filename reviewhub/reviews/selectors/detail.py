"""All that a task's page shows, in a number of queries that does not depend on the task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, Role, require, roles_of
from reviewhub.reviews.exceptions import TaskNotFound
from reviewhub.reviews.models import Assignment, Comment, Decision, InformationRequest, ReviewTask
from reviewhub.reviews.selectors.future import FutureEntry, future_of
from reviewhub.reviews.selectors.history import HistoryEntry, history_of
from reviewhub.reviews.services.holding import is_excluded

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

    @property
    def decision(self) -> Decision | None:
        """The one that stands."""
        return next((decision for decision in self.decisions if decision.taken_back_at is None), None)


def task_detail(task_id: UUID | str, person: Person) -> TaskDetail:
    """Raises TaskNotFound, and PermissionDenied where `task.read` does not allow it."""
    task = (
        ReviewTask.objects.select_related(
            "queue__manager", "queue__backup", "claimed_by", "recommendation__decision_point__point", "run"
        )
        .filter(pk=task_id)
        .first()
    )
    if task is None:
        raise TaskNotFound
    roles = roles_of(person, task)
    if not roles & VERBS["task.read"].roles:
        require(person, "task.read", task)
    excluded = is_excluded(task, person)
    return TaskDetail(
        task=task,
        recommendation=task.recommendation,
        assignments=list(task.assignments.filter(ended_at__isnull=True).select_related("person")),
        decisions=list(task.decisions.select_related("by", "override").prefetch_related("override__reasons")),
        comments=list(task.comments.select_related("by")),
        question=_open_question(task),
        future=future_of(task),
        history=history_of(task),
        may=_may(roles, excluded=excluded),
        excluded=excluded,
    )


def _open_question(task: ReviewTask) -> InformationRequest | None:
    if task.status != ReviewTask.Status.ASKED:
        return None
    return task.information_requests.filter(answered_at=None, revoked_at=None).select_related("by").first()


def _may(roles: frozenset[Role], *, excluded: bool) -> dict[str, bool]:
    acts = {verb: bool(VERBS[verb].roles & roles) for verb in VERBS if verb.startswith("task.")}
    if excluded:
        acts |= dict.fromkeys(_NOT_ONES_OWN, False)
    return acts

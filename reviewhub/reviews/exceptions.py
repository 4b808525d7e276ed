"""Why the desk refuses. The docstring of a class is its message, unless the raiser says more."""

from __future__ import annotations

import inspect
from typing import Any

from reviewhub.accounts.permissions import PermissionDenied


class ReviewError(Exception):
    """The review desk could not do this."""

    def __init__(self, message: str | None = None, /, **details: Any) -> None:
        self.details = details  # JSON: what a page or an API client shows beside the message
        super().__init__(message or inspect.getdoc(type(self)))


class TaskNotFound(ReviewError):
    """There is no such review task."""


class TaskMoved(ReviewError):
    """The task has moved on.

    details: {"status", "outcome", "outcome_label", "by", "at" (ISO), "version"}: what happened instead.
    """


class StaleTask(TaskMoved):
    """The task has changed since this page was shown."""


class EvidenceChanged(StaleTask):
    """What was shown is not what the task says now; look again before deciding."""


class TaskTaken(TaskMoved):
    """Somebody else has claimed this task."""


class UndoClosed(TaskMoved):
    """The time for taking this decision back is over."""


class InvalidRequest(ReviewError):
    """Something is missing or does not fit."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        self.faults = faults  # [{"path": "/fields/amount", "code": "…", "message": "…"}]
        super().__init__(" ".join(fault["message"] for fault in faults), faults=faults)

    @property
    def by_path(self) -> dict[str, str]:
        """What is wrong with each, all of it in one text."""
        found: dict[str, str] = {}
        for fault in self.faults:
            found[fault["path"]] = " ".join(filter(None, (found.get(fault["path"]), fault["message"])))
        return found


class InvalidDecision(InvalidRequest):
    """The decision is not complete."""


class InvalidComment(InvalidRequest):
    """The comment cannot be kept."""


class InformationClosed(ReviewError):
    """This question is not open any more."""


class NudgedAlready(ReviewError):
    """Whoever has it was reminded a short while ago.

    details: {"people" (names), "at", "again_at" (ISO)}.
    """


class KeyReused(ReviewError):
    """This idempotency key has already carried another decision on the task."""


class AlreadyDecided(PermissionDenied):
    """You have decided this already: another person is needed."""


class NotPicked(PermissionDenied):
    """Nobody picks here: “Start reviewing” gives the most urgent."""


class SignInNeeded(PermissionDenied):
    """This carries a high risk: sign in to decide it."""


class SelfApproval(PermissionDenied):
    """Nobody decides their own request."""


class AnswerFirst(PermissionDenied):
    """What the AI recommends is hidden until they have answered."""

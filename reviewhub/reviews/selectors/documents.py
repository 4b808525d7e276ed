"""Documents of a task: those of its case, and those attached to its comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration import api
from reviewhub.reviews.models import ReviewTask

Named = tuple[str, Mapping[str, Any]]  # the dotted path of what names it, and the value


def documents_of_case(task: ReviewTask) -> Iterator[Named]:
    """What a reviewer of the task is shown, in reading order: also what the requester has sent with an answer."""
    yield from documents_of_context(task)
    for answered in task.information:
        yield from api.documents_in(answered.get("documents"), "answer")


def documents_of_context(task: ReviewTask) -> Iterator[Named]:
    """What the case named when the task was opened."""
    yield from api.documents_in(task.context.get("input"))
    for name, result in (task.context.get("steps") or {}).items():
        yield from api.documents_in(result, str(name))


def documents_of_task(task: ReviewTask) -> Iterator[Named]:
    """The same, and what is attached to comments."""
    yield from documents_of_case(task)
    for attached in task.comments.values_list("documents", flat=True):
        yield from api.documents_in(attached)

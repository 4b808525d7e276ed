"""What has changed in a case: since somebody last saw it, and from one of its tasks to the next."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from orchestration import api, ports
from orchestration.api import statements
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows
from reviewhub.compiled import IDENTITY, NAME, NUMBER, Statement, statement_of
from reviewhub.reviews.differences import Change, changes_between, content_of
from reviewhub.reviews.models import CaseSeen, Comment, ReviewTask
from reviewhub.reviews.selectors.documents import documents_of_context

LINGERS = timedelta(minutes=10)  # what was new stays marked: one claims, opens a document and comes back


@dataclass(frozen=True, slots=True)
class Point:
    """How far somebody saw a case. `at` is process time."""

    task_id: UUID
    answers: int
    comment: int
    at: datetime

    def stored(self) -> dict[str, Any]:
        return {
            "task": str(self.task_id),
            "answers": self.answers,
            "comment": self.comment,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """`earlier` is the task of the case that is compared with: one before, or the same; none: there was none."""

    since: datetime
    earlier: ReviewTask | None
    found: tuple[Change, ...]
    answers: tuple[Mapping[str, Any], ...] = ()  # of the requester, as the task keeps them
    comments: tuple[Comment, ...] = ()
    may_open: bool = False  # the earlier task and its documents may be read


def how_far_seen(person: Person, task: ReviewTask) -> CaseSeen | None:
    for seen in _seen(connection.vendor).objects(CaseSeen, person.pk, task.run_id, task.item):
        return seen
    return None


@lru_cache(maxsize=2)
def _seen(vendor: str) -> Statement:
    """One person has at most one of a case."""
    return statement_of(CaseSeen.objects.filter(person=NUMBER, run=IDENTITY, item=NAME), NUMBER, IDENTITY, NAME)


def mark_of(task: ReviewTask, comments: Sequence[Comment]) -> str:
    """How far a page shows the task, as it says so when it has been seen: see `services.seeing`."""
    return f"{task.added}-{len(task.information)}-{comments[-1].pk if comments else 0}"


def has_seen_all(seen: CaseSeen | None, task: ReviewTask) -> bool:
    return seen is not None and (seen.task_id, seen.added) == (task.pk, task.added)


def point_of(seen: CaseSeen, system_now: datetime) -> Point:
    """From where on something is new to whoever saw the case."""
    if seen.before is not None and system_now - seen.noted_at < LINGERS:
        kept = seen.before
        return Point(UUID(kept["task"]), kept["answers"], kept["comment"], datetime.fromisoformat(kept["at"]))
    return Point(seen.task_id, seen.answers, seen.comment, seen.at)


def changes_seen(
    task: ReviewTask, person: Person, seen: CaseSeen | None, comments: Sequence[Comment]
) -> Changes | None:
    """None for whoever has not seen the case before. What somebody said themselves is not new to them."""
    if seen is None:
        return None
    point = point_of(seen, ports.clock().system_now())
    others = [each for each in comments if each.by_id != person.pk]
    if point.task_id == task.pk:
        since = tuple(each for each in others if each.pk > point.comment)
        answers = tuple(task.information[point.answers :])
        return Changes(point.at, task, documents_answered(task, point.answers), answers, since, may_open=True)
    earlier = ReviewTask.objects.filter(pk=point.task_id).first()
    if earlier is None or earlier.created_at > task.created_at:
        return None
    found = (*differences(earlier, task), *documents_answered(task))
    return Changes(point.at, earlier, found, tuple(task.information), tuple(others), _may_open(person, earlier, found))


def changes_since(task: ReviewTask, since: datetime) -> Changes:
    """What came after an instant of process time. Before the task was there, the case was what the one before
    showed."""
    earlier = None
    if since < task.created_at:
        earlier = tasks_before(task).filter(created_at__lte=since).first()
    answers = tuple(each for each in task.information if datetime.fromisoformat(each["at"]) > since)
    comments = tuple(task.comments.select_related("by").filter(created_at__gt=since))
    found = differences(earlier, task) if earlier is not None else ()
    sent = documents_answered(task, len(task.information) - len(answers))
    return Changes(since, earlier, (*found, *sent), answers, comments)


def changes_before(task: ReviewTask, person: Person) -> Changes | None:
    """From the task of the case that was opened before this one; None where it is the first."""
    earlier = tasks_before(task).first()
    return changes_from(earlier, task, person) if earlier is not None else None


def changes_from(earlier: ReviewTask, task: ReviewTask, person: Person) -> Changes:
    found = differences(earlier, task)
    return Changes(earlier.created_at, earlier, found, may_open=_may_open(person, earlier, found))


def documents_answered(task: ReviewTask, known: int = 0) -> tuple[Change, ...]:
    """What the requester has sent with the answers after the first `known`: it takes the place of what the case names
    by the same name, or is new."""
    there = {str(value["name"]): value for _path, value in documents_of_context(task)}
    found = []
    for number, answered in enumerate(task.information, start=1):
        for document in answered.get("documents", ()):
            was, there[document["name"]] = there.get(document["name"]), document
            if number > known and (was is None or was[api.DOCUMENT_DIGEST] != document[api.DOCUMENT_DIGEST]):
                how = "changed" if was else "added"
                found.append(Change(("answer", str(number)), "document", how, was, document))
    return tuple(found)


def _may_open(person: Person, earlier: ReviewTask, found: tuple[Change, ...]) -> bool:
    """Asked only where it opens something."""
    return any(each.kind == "document" for each in found) and allows(person, "task.read", earlier)


def tasks_before(task: ReviewTask) -> Any:
    """Of the same case, the last one first. Each item of a list is a case of its own, and failed steps are none."""
    if task.kind != ReviewTask.Kind.REVIEW:
        return ReviewTask.objects.none()
    same = ReviewTask.objects.filter(run=task.run_id, item=task.item, kind=ReviewTask.Kind.REVIEW)
    return same.filter(created_at__lt=task.created_at).order_by("-created_at", "-id")


def differences(earlier: ReviewTask, task: ReviewTask) -> tuple[Change, ...]:
    return changes_between(content_of(earlier), content_of(task), same_step=earlier.step_id == task.step_id)


def seen_among(person: Person, tasks: Collection[str]) -> dict[str, bool]:
    """Of these tasks those whose case the person has seen, and whether there is more to see since: in one statement
    that finds each by an index."""
    if not tasks:
        return {}
    if connection.vendor == "postgresql":  # where it is planned once a connection, however many there are
        found = statements.fetch(_SEEN.format("= ANY(%s)"), [[UUID(each) for each in tasks], person.pk])
    else:
        marks = ", ".join("?" * len(tasks))
        text = _SEEN.format(f"IN ({marks})").replace("%s", "?")
        found = statements.fetch(text, [*(UUID(each).hex for each in tasks), person.pk])
    return {str(UUID(str(task))): bool(more) for task, more in found}


_SEEN = """
SELECT task.id, CASE WHEN seen.task_id = task.id THEN seen.added <> task.added
    ELSE task.added > 0 OR last.content_hash NOT IN ('', task.content_hash) END
FROM reviews_reviewtask task
JOIN reviews_caseseen seen ON seen.run_id = task.run_id AND seen.item = task.item
JOIN reviews_reviewtask last ON last.id = seen.task_id AND last.created_at <= task.created_at
WHERE task.id {} AND seen.person_id = %s
"""

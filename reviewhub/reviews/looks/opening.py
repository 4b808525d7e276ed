"""Putting a case before somebody for a second look."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import chain
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS
from reviewhub.reviews.hidden import show
from reviewhub.reviews.looks import STEP, WORKFLOW
from reviewhub.reviews.looks.clocks import clocks_of, conditions_of
from reviewhub.reviews.models import KnownAnswer, Queue, QueueMembership, ReviewTask, SecondLook
from reviewhub.reviews.models.querysets import KNOWS

AS_IT_WAS = (
    *("workflow", "workflow_title", "workflow_version", "workflow_owner", "step_id", "title", "critical", "outcomes"),
    *(
        "highlights",
        "value",
        "fields",
        "concerns",
        "why",
        "context",
        "recommendation",
        "ai_outcome",
        "ai_confidence",
    ),
    *("undo_seconds", "information", "skills"),
)
_INPUT = {
    "type": "object",
    "required": ["look", "title", "exclude"],
    "properties": {"look": {"type": "string"}, "title": {"type": "string"}, "exclude": {"type": "array"}},
}


def open_second(task: ReviewTask) -> SecondLook | None:
    """Compared with what its decider decided. None where nobody else works the queue."""
    first = task.decisions.filter(taken_back_at=None).select_related("by").order_by("-received_at").first()
    if first is None:
        return None
    return _open(SecondLook.Kind.SECOND, task, drawn_for=task, expected=task.outcome, first_by=first.by)


def open_known(known: KnownAnswer, drawn_for: ReviewTask) -> SecondLook | None:
    """Compared with the answer that is known. None where everybody of the queue has had it."""
    return _open(SecondLook.Kind.KNOWN, known.task, drawn_for=drawn_for, expected=known.outcome, first_by=None)


def _open(
    kind: SecondLook.Kind, original: ReviewTask, *, drawn_for: ReviewTask, expected: str, first_by: Person | None
) -> SecondLook | None:
    exclude = sorted(set(original.excluded) | _who_know_it(original) | _who_could_tell(original, kind))
    if not _takers(original.queue).exclude(username__in=exclude).exclude(email__in=exclude).exists():
        return None
    look = SecondLook.objects.create(
        kind=kind,
        queue=original.queue,
        original=original,
        drawn_for=drawn_for,
        expected=expected,
        first_by=first_by,
        opened_at=ports.clock().process_now(),
    )
    api.start_run(
        workflow=WORKFLOW,
        version=api.keep_version(text=_text_of(original), actor=api.SYSTEM),
        input={"look": str(look.pk), "title": original.title, "exclude": exclude},
        actor=api.SYSTEM,
        source="second-look",
        event_id=str(look.pk),
    )
    return look


def _who_know_it(original: ReviewTask) -> set[str]:
    """User names of those who had the case, here or at a second look, or spoke of it, or stand for its answer."""
    looks = SecondLook.objects.filter(original=original, task__isnull=False).values_list("task", flat=True)
    cases = [original.pk, *looks]
    found = (apps.get_model("reviews", name).objects.filter(task__in=cases) for name in KNOWS)
    names = (each.values_list(f"{who}__username", flat=True) for each, who in zip(found, KNOWS.values(), strict=True))
    return set(chain.from_iterable(names))


def _who_could_tell(original: ReviewTask, kind: SecondLook.Kind) -> set[str]:
    """User names of those who read its run, by which they would tell a second look from any other task, or who read
    the answers that are known."""
    readers = Q(grants__workflow="", grants__role__in=VERBS["run.read"].roles)
    owners = Q(grants__workflow=original.workflow) | Q(username=original.workflow_owner)
    if kind == SecondLook.Kind.KNOWN:
        readers |= Q(memberships__queue=original.queue, memberships__role=QueueMembership.Role.LEAD)
    found = Person.objects.filter(readers | owners, is_active=True).distinct()
    return set(found.values_list("username", flat=True))


def _takers(queue: Queue) -> QuerySet[Person]:
    """Who takes the second looks of a queue, as its settings say; never whoever knows the answer."""
    active = Person.objects.filter(is_active=True)
    if queue.looks_by_id is not None:
        return active.filter(people_groups=queue.looks_by_id)
    return active.filter(memberships__queue=queue.looks_in_id or queue.pk)


def _text_of(original: ReviewTask) -> str:
    """JSON, which is YAML too. Cases that may be decided alike, in the same time, share a version."""
    outcomes = {each["id"]: {name: each[name] for name in ("label", "risk", "reason")} for each in original.outcomes}
    review = {
        "title": "${ input.title }",
        "outcomes": outcomes,
        "assign": {"queue": (original.queue.looks_in or original.queue).slug, "exclude": ["${ input.exclude }"]},
        **clocks_of(original),
    }
    workflow = {
        "workflow": WORKFLOW,
        "title": "Second look",
        "input": _INPUT,
        "steps": [{"id": STEP, "review": review}],
    }
    owner = {"owner": original.workflow_owner} if original.workflow_owner else {}
    return json.dumps(workflow | owner, ensure_ascii=False)


# ---- the task that it becomes ------------------------------------------------------------------


def dress(task: ReviewTask, given: Mapping[str, Any]) -> None:
    """Makes the task that is being opened look like the case that it is about. Its clocks are its own."""
    looks = SecondLook.objects.select_related("original__recommendation")
    original = looks.get(pk=given["look"]).original
    show(original)
    for name in AS_IT_WAS:
        setattr(task, name, getattr(original, name))
    task.requester = original.requester
    conditions = conditions_of(original)
    task.future = [{**step, "when": conditions.get(step["level"])} for step in task.future]

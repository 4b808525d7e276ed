"""The decided cases that are most like a task: of the same step of the same workflow, and of before ReviewHub."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any
from uuid import UUID

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import Decision, PastDecision, ReviewTask
from reviewhub.reviews.similarity import Signature, alike, signature_of

MOST = 3
LATEST = 300  # of either kind that are compared
LEAST_ALIKE = 0.3


@dataclass(frozen=True, slots=True)
class Precedent:
    """`task` is None where it was decided before ReviewHub."""

    alike: float
    title: str
    outcome: str
    at: datetime
    task: UUID | None
    by_viewer: bool
    queue: str
    reasons: tuple[str, ...]


def precedents_of(task: ReviewTask, viewer: Person) -> list[Precedent]:
    """Only cases that the viewer may read, the most alike first. For a task that `viewer` may read."""
    if task.kind != ReviewTask.Kind.REVIEW:
        return []
    found = [*_decided_here(task, viewer), *_decided_before(task)]
    best = nlargest(MOST, found, key=lambda each: (each[0], _at(each[1])))
    return _told([each for each in best if each[0] >= LEAST_ALIKE], task, viewer)


_Found = tuple[float, ReviewTask | PastDecision]


def _decided_here(task: ReviewTask, viewer: Person) -> Iterator[_Found]:
    own = _shown(task)
    decided = ReviewTask.objects.visible_to(viewer).filter(
        workflow=task.workflow, step_id=task.step_id, status=ReviewTask.Status.CLOSED, unanswered=False, kind=task.kind
    )
    others = (
        decided.exclude(pk=task.pk).exclude(key=STEP).exclude(looks__task=task.pk)
    )  # nor the case itself, once more
    rows = others.order_by("-closed_at").select_related("queue")
    wanted = ("title", "highlights", "fields", "outcomes", "outcome", "closed_at", "queue__title")
    for each in rows.only(*wanted)[:LATEST]:
        yield alike(own, _shown(each)), each


def _shown(task: ReviewTask) -> Signature:
    values = {str(each["label"]): each.get("value") for each in task.highlights}
    fields = {str(each.get("label") or each["name"]): each.get("value") for each in task.fields}
    return signature_of({**values, **fields, "title": task.title})


def _decided_before(task: ReviewTask) -> Iterator[_Found]:
    """By the facts on which the recommendation was asked for; what the AI was not asked about is not compared."""
    if task.recommendation_id is None:
        return
    said = api.recommendations().get(pk=task.recommendation_id)
    step = api.run_steps(task.run_id).filter(path=said.path).values_list("input", flat=True).first()
    if not isinstance(step, dict) or api.is_large(step):
        return
    own = signature_of(_without_documents(step))
    past = PastDecision.objects.filter(decision_point=said.decision_point.point.name).order_by("-decided_at", "-id")
    for each in past[:LATEST]:
        yield alike(own, signature_of(each.facts)), each


def _without_documents(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_documents(each) if isinstance(each, dict) else each
        for name, each in facts.items()
        if not api.is_document(each)
    }


def _at(case: ReviewTask | PastDecision) -> float:
    at = case.closed_at if isinstance(case, ReviewTask) else case.decided_at
    return at.timestamp() if at else 0.0


def _told(best: list[_Found], task: ReviewTask, viewer: Person) -> list[Precedent]:
    standing = _decisions([case for _share, case in best if isinstance(case, ReviewTask)])
    told = []
    for share, case in best:
        if isinstance(case, PastDecision):
            title = ", ".join(_words(case.facts)) or case.reference
            told.append(
                Precedent(share, title, task.label_of(case.outcome), case.decided_at, None, False, "", ())  # noqa: FBT003
            )
        elif case.closed_at is not None:
            told.append(_of_task(share, case, case.closed_at, standing.get(case.pk), viewer))
    return told


def _of_task(share: float, case: ReviewTask, at: datetime, decision: Decision | None, viewer: Person) -> Precedent:
    override = getattr(decision, "override", None)
    return Precedent(
        alike=share,
        title=case.title,
        outcome=case.label_of(case.outcome),
        at=at,
        task=case.pk,
        by_viewer=decision is not None and decision.by_id == viewer.pk,
        queue=case.queue.title,
        reasons=tuple(reason.label for reason in override.reasons.all()) if override else (),
    )


def _decisions(tasks: Iterable[ReviewTask]) -> dict[UUID, Decision]:
    """The last that stands, of each."""
    standing = Decision.objects.filter(task__in=list(tasks), taken_back_at=None).select_related("override")
    rows = standing.prefetch_related("override__reasons").order_by("received_at")
    return {decision.task_id: decision for decision in rows}


def _words(facts: Mapping[str, Any], depth: int = 0) -> list[str]:
    """The first few values by which people tell cases apart."""
    found: list[str] = []
    for each in facts.values():
        if isinstance(each, dict) and depth < 2:
            found += _words(each, depth + 1)
        elif isinstance(each, str) and each and "@" not in each:
            found.append(each[:60])
    return found[:2]

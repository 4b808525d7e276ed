"""Which way out of an incident is proposed: by rules at once, and by a model afterwards where one is connected.

A proposal is advice with its reasons. It applies nothing, and what a person chooses against it is kept as an override.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from orchestration import api
from orchestration.api import on_topic
from orchestration.ports import ReviewRequest, clock
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.evidence import evidence_of
from reviewhub.reviews.models import ReviewTask

TOPIC = "incident.proposal"
QUESTION = "incidents"  # the decision point that is asked, where it exists and has a model's connection
REMEMBERED = 20  # choices of people that count
SECONDS = 30.0


def proposed(request: ReviewRequest) -> dict[str, Any]:
    """{"way", "reasons", "by"} by rules: from the error, the tool, and what people chose before."""
    told = request.incident or {}
    error = told.get("error") or {}
    tool = api.tools().get(str(told.get("tool")))
    repeatable = told.get("kind") == "ai" or (tool is not None and tool.idempotent)
    ways = [str(outcome["id"]) for outcome in request.outcomes]
    found = api.propose(error, ways, _chosen_before(request, str(error.get("code", ""))), repeatable=repeatable)
    return {"way": found.way, "reasons": list(found.reasons), "by": "rules"}


def _chosen_before(request: ReviewRequest, code: str) -> Mapping[str, int]:
    same = ReviewTask.objects.filter(
        kind=ReviewTask.Kind.INCIDENT,
        status=ReviewTask.Status.CLOSED,
        workflow=request.workflow,
        step_id=request.step_id,
        incident__error__code=code,
    )
    return Counter(same.order_by("-closed_at").values_list("outcome", flat=True)[:REMEMBERED])


def ask_model_later(task: ReviewTask) -> None:
    """Commits with the incident; the model is asked after the commit, and again where it cannot be reached."""
    asked = api.decision_points().filter(name=QUESTION, connection__enabled=True, current__isnull=False)
    if asked.exists():
        api.send_later(topic=TOPIC, key=str(task.pk), payload={"task": str(task.pk)})


@on_topic(TOPIC)
def ask_model(payload: Mapping[str, Any], key: str) -> None:
    task = ReviewTask.objects.filter(pk=payload["task"], status=ReviewTask.Status.OPEN).first()
    if task is None:
        return
    told = task.incident or {}
    facts = {name: told.get(name) for name in ("step", "tool", "attempts", "error", "input", "explained")}
    ways = tuple(outcome["id"] for outcome in task.outcomes)
    step = task.key.partition("!")[0]
    said = api.recommendation_for(
        run_id=task.run_id, path=step, decision_point=QUESTION, facts=facts, outcomes=ways, seconds=SECONDS
    )
    if said.outcome:
        _put_beside(task, said)


@transaction.atomic
def _put_beside(task: ReviewTask, said: Any) -> None:
    """Whoever has the page open is told that there is more to read now; a decision that was taken stays as it was."""
    api.hold_run(task.run_id)
    held = ReviewTask.objects.select_for_update().get(pk=task.pk)
    if held.status != ReviewTask.Status.OPEN or held.recommendation_id is not None:
        return
    said.save(force_insert=True)
    held.recommendation, held.ai_outcome, held.ai_confidence = said, said.outcome, said.confidence
    held.version += 1
    held.evidence_hash = evidence_of(held)
    held.save(update_fields=("recommendation", "ai_outcome", "ai_confidence", "version", "evidence_hash"))
    announce(Fact("proposed", held, clock().process_now()))

"""Decisions beside what the AI had said, as data to learn and to report from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import Decision


def exported(*, workflow: str = "", since: datetime | None = None, limit: int) -> Iterator[dict[str, Any]]:
    """Decisions of reviews that count, the oldest first; those of second looks do not. `trains` is false for what must
    not teach a model: its reasons say so."""
    rows = Decision.objects.filter(taken_back_at=None, task__kind="review", task__status="closed")
    rows = rows.exclude(task__key=STEP)
    if workflow:
        rows = rows.filter(task__workflow=workflow)
    if since is not None:
        rows = rows.filter(received_at__gte=since)
    rows = rows.select_related("task__recommendation__decision_point__point", "override", "agreement", "by")
    for decision in rows.prefetch_related("override__reasons", "task__first_answers").order_by("received_at", "id")[
        :limit
    ]:
        yield _row(decision)


def _row(decision: Decision) -> dict[str, Any]:
    task, override = decision.task, getattr(decision, "override", None)
    return {
        "decision": str(decision.pk),
        "task": str(task.pk),
        "run": str(task.run_id),
        "workflow": task.workflow,
        "workflow_version": task.workflow_version,
        "step": task.step_id,
        "received_at": decision.received_at.isoformat(),
        "by": str(decision.by.username),
        "recommendation": _recommended(task.recommendation),
        "outcome": decision.outcome,
        "counted": task.outcome,
        "against_ai": bool(override and override.against_ai),
        "differences": [_difference(each, task.recommendation) for each in override.differences] if override else [],
        "reasons": [{"code": each.code, "version": each.version} for each in override.reasons.all()]
        if override
        else [],
        "note": override.note if override else "",
        "severity": override.severity if override else "",
        "direction": override.direction if override else "",
        "ai_right_if_known": override.ai_right_if_known if override else "",
        "ai_was_seen": decision.ai_was_seen,
        "first_answer": next((each.outcome for each in task.first_answers.all() if each.by_id == decision.by_id), ""),
        "seconds_spent": decision.seconds_spent,
        "evidence_pieces": decision.evidence_pieces,
        "evidence_opened": decision.evidence_opened,
        "evidence_seconds": decision.evidence_seconds,
        "channel": decision.channel,
        "evidence_hash": decision.evidence_hash,
        "agreed_because": getattr(getattr(decision, "agreement", None), "because", ""),
        "trains": override.trains if override else True,
    }


def _recommended(said: Any) -> dict[str, Any] | None:
    if said is None:
        return None
    told: Mapping[str, Any] = said.provenance
    return {
        "decision_point": said.decision_point.point.name,
        "version": said.decision_point.number,
        "recommender": told.get("recommender", ""),
        "model": told.get("model_answered") or told.get("model_asked") or told.get("model") or "",
        "outcome": said.outcome or "",
        "confidence": said.confidence,
        "evidence": said.evidence,
        "fields": said.fields,
    }


def _difference(each: Mapping[str, Any], said: Any) -> dict[str, Any]:
    """With what the AI had read and quoted for the field, and how sure of it it was."""
    quotes = said.evidence if said is not None else ()
    named = (quote["quote"] for quote in quotes if str(quote.get("source", "")).rpartition(".")[2] == each["field"])
    read = each.get("read") or {}
    return {
        "field": each["field"],
        "ai_value": each.get("ai_value"),
        "human_value": each.get("human_value"),
        "evidence": read.get("quote") or next(named, None),
        "ai_read": read.get("value"),
        "ai_confidence": read.get("confidence"),
        "ai_own_confidence": read.get("own_confidence"),
    }

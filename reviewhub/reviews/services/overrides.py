"""Keeping what a decision says against the AI, beside what the AI said."""

from __future__ import annotations

from reviewhub.reviews.models import Decision, Override, ReviewTask
from reviewhub.reviews.services.answers import CheckedAnswer

APPROVES = "approve"  # the one outcome whose meaning the desk knows, as its keys and icons do
_SAME = Override.Direction.SAME


def record_override(task: ReviewTask, decision: Decision, checked: CheckedAnswer) -> Override | None:
    """An override exists where the outcome differs, a field was corrected, or somebody gave a reason anyway."""
    if not (checked.against_ai or checked.differences or checked.reasons):
        return None
    override = Override.objects.create(
        decision=decision,
        recommendation_id=task.recommendation_id,
        ai_outcome=task.ai_outcome,
        ai_confidence=task.ai_confidence,
        against_ai=checked.against_ai,
        note=checked.answer.note,
        ai_right_if_known=checked.answer.ai_right_if_known,
        severity=checked.answer.severity,
        direction=direction_of(task.ai_outcome, checked.answer.outcome) if checked.against_ai else _SAME,
        differences=checked.differences,
        trains=all(reason.trains for reason in checked.reasons),
    )
    if checked.reasons:
        override.reasons.set(checked.reasons)
    return override


def direction_of(ai_outcome: str, outcome: str) -> str:
    """Whether the person was stricter than the AI, more lenient, or went another way."""
    if ai_outcome == APPROVES:
        return Override.Direction.STRICTER
    return Override.Direction.MORE_LENIENT if outcome == APPROVES else Override.Direction.ASIDE

"""Keeping what a decision says against the AI, beside what the AI said."""

from __future__ import annotations

from reviewhub.reviews.models import Decision, Override, ReviewTask
from reviewhub.reviews.services.answers import CheckedAnswer


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
        differences=checked.differences,
        trains=all(reason.trains for reason in checked.reasons),
    )
    if checked.reasons:
        override.reasons.set(checked.reasons)
    return override

"""Why a person sees a task: each code with the words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

LOW_CONFIDENCE = 0.8  # below this share of agreement the recommendation alone is a reason to look

WHY: Mapping[str, str] = {
    "incident": "A step could not be done",
    "exception": "Policy exception",
    "low_confidence": "Low confidence",
    "no_recommendation": "No recommendation",
    "critical": "Critical",
    "always": "A person always decides here",
}


def why_codes(
    *, kind: str, concerns: Sequence[str], critical: bool, asked_ai: bool, ai_outcome: str, confidence: float | None
) -> list[str]:
    """In the order of gravity. `asked_ai`: the workflow asked for a recommendation here."""
    if kind == "incident":
        return ["incident"]
    codes = []
    if concerns:
        codes.append("exception")
    if asked_ai and not ai_outcome:
        codes.append("no_recommendation")
    if confidence is not None and confidence < LOW_CONFIDENCE:
        codes.append("low_confidence")
    if critical:
        codes.append("critical")
    return codes or ["always"]

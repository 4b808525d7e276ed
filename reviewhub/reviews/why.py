"""Why a person sees a task: each code with the words for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext_noop as _

LOW_CONFIDENCE = 0.8  # below this share of agreement the recommendation alone is a reason to look

WHY: Mapping[str, str] = {
    "incident": _("A step could not be done"),
    "exception": _("Policy exception"),
    "value": _("High value"),
    "anomaly": _("Anomaly"),
    "low_confidence": _("Low confidence"),
    "no_recommendation": _("No recommendation"),
    "critical": _("Critical"),
    "escalation": _("Escalated"),
    "always": _("A person always decides here"),
}


CONCERNS = ("exception", "value", "anomaly")


def escalated(codes: Sequence[str]) -> list[str]:
    """The same, where nobody decided in time or somebody did not want to wait."""
    return [*(code for code in codes if code not in ("always", "escalation")), "escalation"]


def why_codes(
    *,
    kind: str,
    concerns: Collection[str],
    critical: bool,
    asked_ai: bool,
    ai_outcome: str,
    confidence: float | None,
) -> list[str]:
    """In the order of gravity. `concerns`: of which kinds there are. `asked_ai`: the workflow asked for an answer."""
    if kind == "incident":
        return ["incident"]
    codes = [code for code in CONCERNS if code in concerns]
    if asked_ai and not ai_outcome:
        codes.append("no_recommendation")
    if confidence is not None and confidence < LOW_CONFIDENCE:
        codes.append("low_confidence")
    if critical:
        codes.append("critical")
    return codes or ["always"]

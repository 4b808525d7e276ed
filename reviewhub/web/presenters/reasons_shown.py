"""Why a person sees a task, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from reviewhub.reviews.why import LOW_CONFIDENCE, WHY

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask

GRAVE = dict.fromkeys(("exception", "value", "anomaly", "critical", "low_confidence", "escalation"), "warning")


@dataclass(frozen=True, slots=True)
class Why:
    tone: str
    title: str
    text: str
    codes: tuple[str, ...]


def why_label(code: str) -> str:
    return _(WHY[code])


def why_of(task: ReviewTask) -> Why | None:
    codes = [code for code in task.why if code in WHY]
    if not codes or task.incident:  # an incident says it all itself
        return None
    title = str(task.concerns[0]) if task.concerns else why_label(codes[0])
    tones = [GRAVE[code] for code in codes if code in GRAVE]
    return Why(
        tones[0] if tones else "plain",
        title,
        _sentence(codes, task),
        () if codes == ["always"] else tuple(_chip(code, task) for code in codes),
    )


def _sentence(codes: list[str], task: ReviewTask) -> str:
    if codes == ["always"]:
        return _("Every case of this kind comes to a person.")
    named = ", ".join(why_label(code).lower() for code in codes)
    return _("It comes to a person because of: %(reasons)s.") % {"reasons": named}


def _chip(code: str, task: ReviewTask) -> str:
    if code == "low_confidence" and task.ai_confidence is not None:
        return _("Low confidence: %(is)d %%, wanted %(least)d %%") % {
            "is": round(100 * task.ai_confidence),
            "least": round(100 * LOW_CONFIDENCE),
        }
    return why_label(code)

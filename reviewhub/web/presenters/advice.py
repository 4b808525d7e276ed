"""What the AI said, and how far it may be believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.web.presenters.evidence import Marks, Quote
from reviewhub.web.presenters.values import spoken_name

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask

SURE = (
    (0.95, _lazy("very sure")),
    (0.85, _lazy("sure")),
    (0.65, _lazy("fairly sure")),
    (0.0, _lazy("not sure")),
)


@dataclass(frozen=True, slots=True)
class Point:
    text: str
    ref: int | None = None
    label: str = ""
    leads: bool = False  # to a place that shows it


@dataclass(frozen=True, slots=True)
class Advice:
    outcome: str
    percent: int | None
    words: str
    standing: str  # what the number rests on, or why there is none
    text: str
    reasons: tuple[Point, ...]
    evidence: tuple[Point, ...]
    concerns: tuple[str, ...]
    would_change: str
    origin: str


def advice_of(
    task: ReviewTask, marks: Marks, documents: Sequence[str] = (), called: Mapping[str, str] | None = None
) -> Advice | None:
    """Made after the documents: a quote that is marked there is not said again. `documents` are the paths of files;
    `called` says what places of the case are called."""
    said = task.recommendation
    if said is None:
        return None
    percent = round(100 * said.confidence) if said.confidence is not None else None
    return Advice(
        outcome=task.label_of(said.outcome) if said.outcome else "",
        percent=percent,
        words=_words(said.confidence),
        standing=_standing(said, percent),
        text=said.text,
        reasons=tuple(Point(str(reason), _cited(str(reason), marks)) for reason in said.reasons),
        evidence=tuple(
            Point(
                quote.text,
                quote.ref,
                (called or {}).get(quote.source) or spoken_name(quote.name),
                _leads(quote, documents),
            )
            for quote in marks.unmarked()
        ),
        concerns=tuple(str(concern) for concern in task.concerns[1:]),
        would_change=said.would_change,
        origin=_origin(said),
    )


def _leads(quote: Quote, documents: Sequence[str]) -> bool:
    return bool(quote.document) or any(quote.source.endswith(each) for each in documents)


def _words(confidence: float | None) -> str:
    if confidence is None:
        return ""
    return next(str(words) for least, words in SURE if confidence >= least)


def _standing(said: Any, percent: int | None) -> str:
    if not said.outcome:
        return str(said.provenance.get("abstained") or _("Nothing to go by: this one is yours alone."))
    if percent is None:
        return _("No number: too few of its answers have been checked by people here.")
    if said.sample:
        return _("When it said this here, people agreed %(agreed)d times out of %(sample)d.") % {
            "agreed": said.agreed or 0,
            "sample": said.sample,
        }
    return _("By its own account; not yet checked against people's decisions here.")


def _cited(reason: str, marks: Marks) -> int | None:
    return next((quote.ref for quote in marks.quotes if len(quote.text) > 1 and quote.text in reason), None)


def _origin(said: Any) -> str:
    told = said.provenance
    answered = told.get("model_answered") or told.get("model_asked") or told.get("model") or told.get("recommender")
    asked = _("question version %(n)d") % {"n": said.decision_point.number}
    where = _("told by the system that asks") if told.get("brought_along") else asked
    parts: Sequence[str] = [str(answered or ""), where]
    return " · ".join(part for part in parts if part)

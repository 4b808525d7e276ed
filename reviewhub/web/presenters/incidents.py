"""A failed step in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orchestration import api

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask


AGAIN = {
    "transient": gettext_lazy("may work later"),
    "permanent": gettext_lazy("will not work as it is"),
    "ambiguous": gettext_lazy("may have taken effect"),
}
SHOWN = 20  # attempts, and faults


@dataclass(frozen=True, slots=True)
class Fault:
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """`way` is empty where the advice is to look first."""

    way: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Try:
    number: int
    at: datetime
    said: str
    again: str  # what its class means


@dataclass(frozen=True, slots=True)
class Incident:
    title: str
    explanation: str
    error: str
    faults: tuple[Fault, ...]
    to: str
    tried: str
    means: str
    tool: str
    proposal: Proposed | None
    attempts: tuple[Try, ...]


def incident_of(task: ReviewTask) -> Incident | None:
    told = task.incident
    if not told:
        return None
    error, explained = told.get("error") or {}, told.get("explained") or {}
    return Incident(
        title=_("“%(step)s” could not be done") % {"step": told.get("step") or task.step_id},
        explanation=str(explained.get("happened", "")),
        to=str(explained.get("to", "")),
        tried=str(explained.get("tried", "")),
        means=str(explained.get("means", "")),
        error=str(error.get("message", "")),
        faults=_faults(error.get("faults")),
        proposal=_proposed(task, told.get("proposal") or {}),
        attempts=_tries(task),
        tool=str(told.get("tool") or ""),
    )


def _faults(told: Any) -> tuple[Fault, ...]:
    """A tool's check says them as texts, `$.number: …`; a tool of one's own may say them as it likes."""
    return tuple(_fault(each) for each in told[:SHOWN]) if isinstance(told, list) else ()


def _fault(told: Any) -> Fault:
    if isinstance(told, Mapping):
        return Fault(str(told.get("path", "")), str(told.get("message", "")))
    path, _, message = str(told).partition(": ")
    return Fault(path, message) if message and path.startswith("$") else Fault("", str(told))


def _proposed(task: ReviewTask, told: Mapping[str, Any]) -> Proposed | None:
    """By the rules; what a model says stands in its own card, and then is the one that counts."""
    if not told or task.recommendation_id is not None:
        return None
    way = task.label_of(told["way"]) if told.get("way") else ""
    return Proposed(way, tuple(str(reason) for reason in told.get("reasons", ())))


def _tries(task: ReviewTask) -> tuple[Try, ...]:
    rows = api.run_attempts(task.run_id).filter(path=task.key.partition("!")[0], ended_at__isnull=False)
    shown = list(rows.order_by("-number")[:SHOWN])[::-1]
    return tuple(_try(row.number, row.started_at, row.error or {}) for row in shown)


def _try(number: int, at: datetime, error: Mapping[str, Any]) -> Try:
    again = AGAIN.get(str(error.get("class")))
    said = str(error.get("message", "")) or _("The worker went away.")
    return Try(number, at, said, str(again) if again else "")

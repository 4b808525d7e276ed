"""A failed step in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask


EXPLAINED = {
    "transient": gettext_lazy("The other system was busy or away, also when asked again. Once it is back, retry."),
    "permanent": gettext_lazy("It would fail the same way again. Correct the input, or let the run fail."),
    "ambiguous": gettext_lazy(
        "Nobody knows whether it took effect: the other system did not say. Look there, then decide."
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Incident:
    title: str
    explanation: str
    error: str
    faults: tuple[Fault, ...]
    attempts: str
    tool: str


def incident_of(task: ReviewTask) -> Incident | None:
    told = task.incident
    if not told:
        return None
    error = told.get("error") or {}
    return Incident(
        title=_("“%(step)s” could not be done") % {"step": told.get("step") or task.step_id},
        explanation=str(EXPLAINED.get(str(error.get("class")), EXPLAINED["permanent"])),
        error=str(error.get("message", "")),
        faults=tuple(
            Fault(str(each.get("path", "")), str(each.get("message", ""))) for each in error.get("faults", ())
        ),
        attempts=_attempts(int(told.get("attempts") or 0)),
        tool=str(told.get("tool") or ""),
    )


def _attempts(number: int) -> str:
    if number == 0:
        return _("It was not tried: its input could not be made.")
    return _("Tried once.") if number == 1 else _("Tried %(n)d times.") % {"n": number}

"""Decided cases beside the one that waits. Who decided is said by their part and not by their name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from reviewhub.reviews.selectors.precedents import Precedent


@dataclass(frozen=True, slots=True)
class Shown:
    outcome: str
    percent: int
    title: str
    href: str
    at: datetime
    who: str
    reasons: str


def shown_precedents(found: Iterable[Precedent]) -> list[Shown]:
    return [
        Shown(
            outcome=each.outcome,
            percent=round(100 * each.alike),
            title=each.title,
            href=reverse("web:task", args=[each.task]) if each.task else "",
            at=each.at,
            who=_who(each),
            reasons=", ".join(each.reasons),
        )
        for each in found
    ]


def _who(precedent: Precedent) -> str:
    if precedent.task is None:
        return _("Brought along from before")
    if precedent.by_viewer:
        return _("Decided by you")
    return _("Decided in %(queue)s") % {"queue": precedent.queue}

"""A deadline as a ring and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from reviewhub.reviews.models import ReviewTask
from reviewhub.web import moments

FULL = 100
SMALLEST = 2  # per cent; an arc of nothing is no arc


SHORT = {
    "calm": gettext_lazy("Due %(when)s"),
    "warning": gettext_lazy("At risk · %(when)s"),
    "breached": gettext_lazy("Breached %(when)s"),
}


@dataclass(frozen=True, slots=True)
class Ring:
    tone: str
    left: int  # per cent
    label: str

    @property
    def offset(self) -> int:
        return self.left - FULL


@dataclass(frozen=True, slots=True)
class Deadline:
    ring: Ring
    due: datetime
    starts: datetime
    risk: datetime | None
    still: bool  # its clock stands still
    left: str  # "52 minutes left"
    full: str  # "Due today 14:52, Helsinki"

    @property
    def tone(self) -> str:
        return self.ring.tone


def deadline_of(task: ReviewTask, now: datetime) -> Deadline | None:
    if task.due_at is None:
        return None
    since = task.stands_still_since
    now, real = since or now, now
    ring = ring_of(task, task.due_at, now)
    spoken = moments.spoken(task.due_at - now)
    return Deadline(
        ring=ring,
        due=task.due_at,
        starts=task.created_at,
        risk=task.three_quarters_at,
        still=since is not None,
        left=(_("Late by %(span)s") if ring.tone == "breached" else _("%(span)s left")) % {"span": spoken},
        full=_("Its clock stands still")
        if since
        else _("%(said)s, %(zone)s") % {"said": _due(task.due_at, real), "zone": zone_label()},
    )


def ring_of(task: ReviewTask, due: datetime, now: datetime) -> Ring:
    return Ring(_tone(task, now), _share(task, now), moments.brief(due - now))


def short_of(tone: str, due: datetime, now: datetime) -> str:
    """`At risk · 14:52`"""
    return _short(tone, moments.moment(due, now), get_language())


@lru_cache(maxsize=4000)
def _short(tone: str, when: str, language: str) -> str:
    return str(SHORT[tone]) % {"when": when}


def zone_label() -> str:
    """The viewer's zone as a place: `Helsinki`."""
    zone = timezone.get_current_timezone()
    return str(zone).rpartition("/")[2].replace("_", " ")


def _due(at: datetime, now: datetime) -> str:
    today = timezone.localtime(at).date() == timezone.localtime(now).date()
    said = moments.moment(at, now)
    return _("Due today %(when)s") % {"when": said} if today else _("Due %(when)s") % {"when": said}


def _tone(task: ReviewTask, now: datetime) -> str:
    if task.due_at is not None and now >= task.due_at:
        return "breached"
    at_risk = task.three_quarters_at is not None and now >= task.three_quarters_at
    return "warning" if at_risk else "calm"


def _share(task: ReviewTask, now: datetime) -> int:
    if task.due_at is None or now >= task.due_at:
        return FULL
    given = max((task.due_at - task.created_at).total_seconds(), 1.0)
    return min(FULL, max(SMALLEST, round(FULL * (task.due_at - now).total_seconds() / given)))

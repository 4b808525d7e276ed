"""A task as a row of the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from reviewhub.reviews.models import ReviewTask
from reviewhub.web import moments
from reviewhub.web.moments import iso
from reviewhub.web.presenters.deadlines import ring_of, short_of
from reviewhub.web.presenters.people import Face, face
from reviewhub.web.presenters.reasons_shown import why_label
from reviewhub.web.presenters.values import shown

HIGHLIGHTS = 3
NOWHERE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    tone: str = ""
    icon: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Flat and ready to print: a page holds fifty of them."""

    id: str
    href: str
    title: str
    order: str  # sorts like the queue, as text
    decided: str  # sorts like the done list, as text
    chip_text: str
    chip_tone: str
    chip_icon: str
    chip_kind: str
    concern: str
    facts: str
    age: str
    holder: Face | None
    due: str = ""  # ISO; empty where nobody has to decide any more, or no time was set
    starts: str = ""
    risk: str = ""
    tone: str = ""
    left: int = 0
    offset: int = 0
    brief: str = ""
    when: str = ""
    ended: str = ""  # "Decided"; empty while somebody still has to decide
    ended_iso: str = ""
    ended_at: str = ""
    still: bool = False  # its clock stands still
    added: int = 0  # answers and comments that have come to it
    as_of: str = ""
    pick: str = ""  # what a form says of it to decide it with others; empty where that cannot be
    undo_seconds: int = 0  # what is left of the undo window


def as_of(task: ReviewTask) -> str:
    """Which state of the task is shown: what is told of it again, by the same name, is on the page already."""
    return f"{task.version}-{task.added}"


def row_of(task: ReviewTask, now: datetime, system_now: datetime) -> Row:
    waiting = task.is_waiting
    chip = _ai_chip(task) if waiting else Chip(task.outcome_label or _("Withdrawn"))
    return Row(
        id=str(task.pk),
        href=_address().replace(NOWHERE, str(task.pk)),
        title=task.title,
        order=f"{_stamp(task.urgency_at)} {task.pk}",
        decided=_stamp(task.decided_at or task.closed_at),
        chip_text=chip.text,
        chip_tone=chip.tone,
        chip_icon=chip.icon,
        chip_kind=chip.kind,
        concern=_concern(task),
        facts=facts_of(task),
        age=moments.age(now - task.created_at),
        added=task.added,
        as_of=as_of(task),
        pick=f"{task.pk}:{task.version}" if waiting and not task.is_paused else "",
        holder=face(task.claimed_by) if task.holder_id(system_now) else None,
        **(_clock(task, now) if waiting else _ending(task, now, system_now)),
    )


def _clock(task: ReviewTask, now: datetime) -> dict[str, Any]:
    if task.due_at is None:
        return {}
    since = task.stands_still_since
    ring = ring_of(task, task.due_at, since or now)
    return {
        "due": iso(task.due_at),
        "starts": iso(task.created_at),
        "risk": iso(task.three_quarters_at),
        "tone": ring.tone,
        "left": ring.left,
        "offset": ring.offset,
        "brief": ring.label,
        "still": since is not None,
        "when": _("Clock stopped") if since else short_of(ring.tone, task.due_at, now),
    }


def _ending(task: ReviewTask, now: datetime, system_now: datetime) -> dict[str, Any]:
    at = task.decided_at or task.closed_at or now
    held = task.undo_until - system_now if task.status == ReviewTask.Status.DECIDED and task.undo_until else None
    return {
        "ended": _("Withdrawn") if task.status == ReviewTask.Status.WITHDRAWN else _("Decided"),
        "ended_iso": iso(at),
        "ended_at": moments.moment(at, now),
        "undo_seconds": max(0, round(held.total_seconds())) if held else 0,
    }


@lru_cache(maxsize=1)
def _address() -> str:
    """Where a task's page is: looked up once, and not for each of fifty rows."""
    return reverse("web:task", args=[NOWHERE])


def _stamp(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds") if at else ""


def _ai_chip(task: ReviewTask) -> Chip:
    if task.kind == ReviewTask.Kind.INCIDENT:
        return Chip(_("Failed step"), icon="alert", kind="outline")
    if task.recommendation_id is None:
        return Chip("")
    if task.ai_hidden:
        return Chip(_("You first"), tone="plain", icon="ai", kind="outline")
    if not task.ai_outcome:
        return Chip(_("No answer"), tone="plain", icon="ai", kind="outline")
    if task.ai_confidence is None:
        return Chip(task.ai_label, tone="ai", icon="ai")
    said = _("%(outcome)s %(percent)d %%") % {"outcome": task.ai_label, "percent": round(100 * task.ai_confidence)}
    return Chip(said, tone="ai", icon="ai")


def _concern(task: ReviewTask) -> str:
    if task.stands_still_since is not None and task.paused_by_id is None:
        stopped = task.clocks_stopped_at is not None
        return _("The queue’s clocks are stopped") if stopped else _("Its run is paused; the clock stands still")
    if task.status == ReviewTask.Status.ASKED:
        return _("Waiting for an answer")
    if task.status == ReviewTask.Status.SNOOZED:
        return _("Snoozed")
    if task.concerns:
        return str(task.concerns[0])
    return why_label(task.why[0]) if task.why else ""


def facts_of(task: ReviewTask) -> str:
    facts = [f"{each['label']} {shown(each['value'])}" for each in task.highlights[:HIGHLIGHTS]]
    return " · ".join(facts) or task.workflow_title

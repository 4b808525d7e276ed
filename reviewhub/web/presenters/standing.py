"""How a task stands, in a chip, and what has become of one that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.web import moments


@dataclass(frozen=True, slots=True)
class Happened:
    title: str
    text: str = ""
    tone: str = ""
    icon: str = "alert"


def state_of(task: ReviewTask, viewer: Person, now: datetime, system_now: datetime) -> str:
    if task.status == ReviewTask.Status.CLAIMED and task.claimed_by and task.holder_id(system_now):
        until = moments.moment(task.claim_expires_at or system_now, system_now)
        if task.claimed_by_id == viewer.pk:
            return _("Claimed by you until %(until)s") % {"until": until}
        return _("Claimed by %(name)s until %(until)s") % {"name": task.claimed_by.display_name, "until": until}
    if task.status == ReviewTask.Status.ASKED:
        return _("Waiting for an answer")
    if task.status == ReviewTask.Status.SNOOZED and task.wakes_at:
        return _("Snoozed until %(until)s") % {"until": moments.moment(task.wakes_at, now)}
    if task.is_waiting:
        return _("Open")
    return task.outcome_label or _("Withdrawn")


def happened_to(task: ReviewTask, decision: Decision | None, viewer: Person, now: datetime) -> Happened | None:
    """What a reader who still had it open has to know. None while somebody has to decide."""
    if task.is_waiting:
        return _paused(task, now)
    at = moments.moment(task.decided_at or task.closed_at or now, now)
    if task.status == ReviewTask.Status.WITHDRAWN:
        return Happened(_("Withdrawn at %(at)s") % {"at": at}, task.withdrawn_reason)
    if decision is None:
        return Happened(
            _("Nobody answered in time: it ended as “%(outcome)s” at %(at)s")
            % {"outcome": task.outcome_label, "at": at},
        )
    who = _("You") if decision.by_id == viewer.pk else decision.by.display_name
    title = _("%(who)s decided “%(outcome)s” at %(at)s") % {"who": who, "outcome": task.outcome_label, "at": at}
    waits = task.status == ReviewTask.Status.DECIDED
    if waits and task.undo_until is None:
        return Happened(title, _("Its run is paused: it counts when somebody lets the run go on."), icon="done")
    return Happened(title, _("It goes out when the undo window has closed.") if waits else "", icon="done")


def _paused(task: ReviewTask, now: datetime) -> Happened | None:
    if task.stands_still_since is None or task.paused_by_id is not None:
        return None
    at = moments.moment(task.stands_still_since, now)
    if task.clocks_stopped_at is not None:
        title = _("The clocks of %(queue)s are stopped since %(at)s") % {"queue": task.queue.title, "at": at}
        reason = task.queue.clocks_stopped_for
        return Happened(
            title, _("%(reason)s. You may decide.") % {"reason": reason} if reason else _("You may decide.")
        )
    title = _("Its run is paused since %(at)s") % {"at": at}
    return Happened(title, _("You may decide. It counts, and the clock goes on, when the run does."))

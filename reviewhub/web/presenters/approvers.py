"""Who decides a task together: who has, who is asked, and who comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors.approvals import Approvals, SeatShown
from reviewhub.web import moments
from reviewhub.web.presenters.future import ROLES


@dataclass(frozen=True, slots=True)
class Approver:
    who: str
    says: str
    state: str  # voted, asked or later


@dataclass(frozen=True, slots=True)
class Approvers:
    title: str
    text: str
    people: tuple[Approver, ...]


def approvers_of(approvals: Approvals | None, task: ReviewTask, viewer: Person, now: datetime) -> Approvers | None:
    if approvals is None:
        return None
    people = tuple(_approver(seat, task, viewer, now, sealed=approvals.sealed) for seat in approvals.seats)
    return Approvers(_title(approvals), _text(approvals, task), people)


def _title(approvals: Approvals) -> str:
    if approvals.disputed:
        return _("They did not agree")
    have = sum(seat.status == "voted" for seat in approvals.seats)
    of = {"have": have, "need": approvals.need, "of": len(approvals.seats)}
    if approvals.need == len(approvals.seats):
        return _("%(have)d of %(need)d have decided") % of
    return _("%(need)d of %(of)d have to agree, %(have)d decided so far") % of


def _text(approvals: Approvals, task: ReviewTask) -> str:
    if not task.is_waiting:
        return ""
    if approvals.disputed:
        return _("One person more decides, alone.")
    said = []
    if approvals.in_order:
        said.append(_("One after the other."))
    if approvals.blind:
        said.append(_("Nobody sees what the others decided before all have."))
    return " ".join(said)


def _approver(seat: SeatShown, task: ReviewTask, viewer: Person, now: datetime, *, sealed: bool) -> Approver:
    names = [_("You") if name == viewer.display_name else name for name in seat.people]
    who = ", ".join(names) or str(ROLES.get((seat.to or {}).get("kind", ""), "")) or task.queue.title
    if seat.status == "voted" and seat.at is not None:
        outcome = task.label_of(seat.outcome) if seat.outcome else _("Has decided")
        return Approver(
            who, _("%(outcome)s, %(at)s") % {"outcome": outcome, "at": moments.moment(seat.at, now)}, "voted"
        )
    if not task.is_waiting:
        return Approver(who, _("was not needed"), "later")
    if seat.status != "asked":
        return Approver(who, _("comes later"), seat.status)
    return Approver(who, _("are asked") if names == [_("You")] else _("is asked"), seat.status)

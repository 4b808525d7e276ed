"""The lead's pages, ready to print."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Absence, Person
from reviewhub.accounts.permissions import allows
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.selectors import COUNTED_UP_TO
from reviewhub.reviews.selectors.leading import (
    OneOfTheTeam,
    Waiting,
    absences_of,
    next_breaches,
    team_of,
    waiting_up_to,
)
from reviewhub.web import moments

DAYS = 14


@dataclass(frozen=True, slots=True)
class Member:
    it: OneOfTheTeam
    minutes: str  # "2 hours"; empty where nothing waits
    median: str
    away: str
    hand_over: str  # where their tasks can be handed over; empty where that may not be
    share: int  # per cent of the most loaded one's minutes


@dataclass(frozen=True, slots=True)
class Near:
    task: ReviewTask
    left: str
    who: str


@dataclass(frozen=True, slots=True)
class Away:
    """One row of the calendar."""

    person: Person
    days: tuple[bool, ...]
    said: str  # for whoever cannot see it


@dataclass(frozen=True, slots=True)
class TeamPage:
    queues: Sequence[Queue]
    queue: Queue | None  # none: all of them together
    waiting: Waiting
    team: list[Member]
    near: list[Near]
    days: list[date]
    away: list[Away]
    absences: list[Absence]
    may_lead: bool
    may_enter: bool


def team_page(queues: Sequence[Queue], queue: Queue | None, viewer: Person) -> TeamPage:
    shown = [queue.pk] if queue else [each.pk for each in queues]
    may_lead = queue is not None and allows(viewer, "queue.lead", queue)
    team, now = team_of(shown, viewer), ports.clock().process_now()
    absences = absences_of([one.person.pk for one in team])
    days = _days(now)
    return TeamPage(
        queues=queues,
        queue=queue,
        waiting=waiting_up_to(shown, COUNTED_UP_TO),
        team=_members(team, now, queue if may_lead else None),
        near=[_near(task, now) for task in next_breaches(shown)],
        days=days,
        away=[_away(one.person, absences, days) for one in team],
        absences=absences,
        may_lead=may_lead,
        may_enter=queue is not None and allows(viewer, "absence.enter", queue),
    )


def held_said(queue: Queue) -> str:
    return _("%(queue)s is held by %(who)s") % {"queue": queue.title, "who": queue.held_by}


def away_said(absence: Absence | None, now: datetime) -> str:
    if absence is None:
        return ""
    instead = _(", %(name)s stands in") % {"name": absence.delegate.display_name} if absence.delegate else ""
    if absence.starts_at <= now:
        return _("Away until %(when)s") % {"when": moments.moment(absence.ends_at, now)} + instead
    return _("Away from %(when)s") % {"when": moments.moment(absence.starts_at, now)} + instead


def _members(team: Collection[OneOfTheTeam], now: datetime, queue: Queue | None) -> list[Member]:
    most = max((one.minutes for one in team), default=0.0)
    return [
        Member(
            it=one,
            minutes=moments.spoken(timedelta(minutes=one.minutes)) if one.minutes else "",
            median=moments.spoken(timedelta(seconds=one.median)) if one.median is not None else "",
            away=away_said(one.away, now),
            hand_over=_hand_over(queue, one) if queue else "",
            share=round(100 * one.minutes / most) if most else 0,
        )
        for one in team
    ]


def _hand_over(queue: Queue, one: OneOfTheTeam) -> str:
    return f"{reverse('web:team-handover', args=[queue.slug])}?person={one.person.username}" if one.open else ""


def _near(task: ReviewTask, now: datetime) -> Near:
    left = moments.spoken(task.due_at - now) if task.due_at else ""
    holder = task.holder_id(ports.clock().system_now())
    return Near(task, left, task.claimed_by.display_name if holder and task.claimed_by else "")


def _days(now: datetime) -> list[date]:
    first = timezone.localtime(now).date()
    return [first + timedelta(days=number) for number in range(DAYS)]


def _away(person: Person, absences: Sequence[Absence], days: Sequence[date]) -> Away:
    own = [absence for absence in absences if absence.person_id == person.pk]
    gone = tuple(any(_covers(absence, day, person) for absence in own) for day in days)
    said = ", ".join(f"{day:%d %b}" for day, is_gone in zip(days, gone, strict=True) if is_gone)
    return Away(person, gone, said)


def _covers(absence: Absence, day: date, person: Person) -> bool:
    """Any of it, in the person's own zone."""
    begins = datetime.combine(day, time.min, tzinfo=person.timezone)
    return absence.starts_at < begins + timedelta(days=1) and absence.ends_at > begins


def absence_span(first: date, last: date, person: Person) -> dict[str, Any]:
    """From the first day's start to the last one's end, in the person's own zone."""
    return {
        "starts_at": datetime.combine(first, time.min, tzinfo=person.timezone),
        "ends_at": datetime.combine(last + timedelta(days=1), time.min, tzinfo=person.timezone),
    }

"""What can be done with a task beside deciding it: the buttons, and the question that each opens in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.questions import requester_address
from reviewhub.reviews.services.handing_over import colleagues_for
from reviewhub.reviews.services.nudging import last_nudge, who_has, why_early
from reviewhub.web import moments
from reviewhub.web.presenters.asking import KEYS, Choice

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models import ReviewTask
    from reviewhub.reviews.selectors import TaskDetail

MORNING = time(9)
IN_THE_BAR = 3  # as many acts stand beside two outcomes; each further outcome takes the room of two


@dataclass(frozen=True, slots=True)
class Act:
    """`name` is the noun that its address ends in, `verb` what the permission table calls it, `short` its label on a
    phone where the whole one is too long."""

    name: str
    verb: str
    label: str | Promise
    key: str
    icon: str
    short: str | Promise = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One act, asked in place. `choices` come before the words; without `label` nothing can be sent."""

    act: Act
    title: str
    text: str
    label: str
    choices: tuple[Choice, ...] = ()
    field: str = ""  # of the choices
    words: str = ""  # of the text field; empty for none
    words_label: str = ""
    required: bool = False
    typed: str = ""
    fault: str = ""


ACTS = (
    Act("information", "task.ask", gettext_lazy("Ask for information"), "i", "ask", gettext_lazy("Ask")),
    Act("delegation", "task.delegate", gettext_lazy("Delegate"), "d", "delegate"),
    Act("escalation", "task.escalate", gettext_lazy("Escalate"), "e", "escalate"),
    Act("snooze", "task.snooze", gettext_lazy("Snooze"), "z", "wait"),
    Act("refusal", "task.decline", gettext_lazy("Decline"), "n", "hidden"),
    Act("nudge", "task.nudge", gettext_lazy("Remind"), "p", "bell"),
)
_BY_NAME = {act.name: act for act in ACTS}


def acts_of(detail: TaskDetail, viewer: Person, view: str, holder: int | None) -> tuple[Act, ...]:
    """`holder`: by id. While somebody else holds the task, they can be reminded, and that is all."""
    task = detail.task
    if not task.is_waiting:
        return ()
    offered = [act for act in ACTS if detail.may[act.verb] and _fits(act.name, detail, viewer, holder)]
    return tuple(replace(act, href=_address(act.name, task, view)) for act in offered)


def _fits(name: str, detail: TaskDetail, viewer: Person, holder: int | None) -> bool:
    """What is set aside is not set aside again, and nobody is asked where there is no requester."""
    if name == "nudge":
        return _is_with_others(detail, viewer, holder)
    if holder not in (None, viewer.pk) or (detail.task.is_paused and name in _ASIDE):
        return False
    return name != "information" or bool(requester_address(detail.task))


def _is_with_others(detail: TaskDetail, viewer: Person, holder: int | None) -> bool:
    """Somebody else has it, or it is for others to decide."""
    task = detail.task
    if task.status == "asked" or viewer.pk in (holder, task.paused_by_id):
        return False
    named = any(each.person_id != viewer.pk and each.role != "reviewer" for each in detail.assignments)
    return holder is not None or task.is_paused or named or not detail.may["task.decide"]


def split(acts: tuple[Act, ...], others: int) -> tuple[tuple[Act, ...], tuple[Act, ...]]:
    """Those in the bar, and those under "More". `others`: how many buttons stand there beside two outcomes."""
    room = max(0, IN_THE_BAR - 2 * max(0, others))
    return acts[:room], acts[room:]


def panel_of(name: str, detail: TaskDetail, viewer: Person, view: str, now: datetime) -> Panel:
    act = replace(_BY_NAME[name], href=_address(name, detail.task, view))
    return _PANELS[name](act, detail, viewer, now)


def _address(name: str, task: ReviewTask, view: str) -> str:
    return f"{reverse(f'web:{name}', args=[task.pk])}?view={view}"


_ASIDE = ("information", "snooze")


def _information(act: Act, detail: TaskDetail, viewer: Person, now: datetime) -> Panel:
    task = detail.task
    days = task.queue.answer_days
    told = _("It goes to %(to)s by mail, with a link that needs no account and works for %(days)d days.") % {
        "to": requester_address(task),
        "days": days,
    }
    clock = _("The clock stands still until then.") if task.queue.asking_stops_clock else _("The clock goes on.")
    return Panel(
        act,
        _("What do you need to know?"),
        f"{told} {clock}",
        _("Send the question"),
        words="text",
        words_label=_("Question"),
        required=True,
    )


def _delegation(act: Act, detail: TaskDetail, viewer: Person, now: datetime) -> Panel:
    people = colleagues_for(detail.task, viewer)
    choices = tuple(
        Choice(person.username, person.display_name, str(number) if number <= KEYS else "", chosen=False)
        for number, person in enumerate(people, start=1)
    )
    text = _("Your team can still decide it. What is declined comes back to you.")
    return Panel(
        act,
        _("Who should decide?"),
        text if choices else _("Nobody else works this queue."),
        _("Delegate") if choices else "",
        choices=choices,
        field="to",
        words="note" if choices else "",
        words_label=_("A word for them, if you like"),
    )


def _escalation(act: Act, detail: TaskDetail, viewer: Person, now: datetime) -> Panel:
    level = next((each for each in detail.future if each.kind == "level" and each.applies and not each.reached), None)
    names = ", ".join(level.people) if level else ""
    text = _("It reaches %(names)s now.") % {"names": names} if names else _("It reaches the queue’s manager now.")
    return Panel(
        act,
        _("Escalate without waiting?"),
        text,
        _("Escalate"),
        words="note",
        words_label=_("Why, if you like"),
    )


def _snooze(act: Act, detail: TaskDetail, viewer: Person, now: datetime) -> Panel:
    task = detail.task
    latest = None if task.queue.snoozing_stops_clock else task.due_at
    choices = tuple(
        Choice(at.isoformat(), f"{label}, {moments.moment(at, now)}", str(number), chosen=False)
        for number, (label, at) in enumerate(_times(now), start=1)
        if latest is None or at <= latest
    )
    stops = task.queue.snoozing_stops_clock
    text = _("Its clock stands still.") if stops else _("Its clock goes on, so only times before the deadline.")
    return Panel(
        act,
        _("Until when?"),
        text if choices else _("Its deadline is too near to put it off."),
        _("Snooze") if choices else "",
        choices=choices,
        field="until",
    )


def _times(now: datetime) -> list[tuple[str, datetime]]:
    today = timezone.localtime(now)
    tomorrow = datetime.combine(today.date() + timedelta(days=1), MORNING, tzinfo=today.tzinfo)
    monday = datetime.combine(today.date() + timedelta(days=7 - today.weekday()), MORNING, tzinfo=today.tzinfo)
    times = [(_("One hour"), now + timedelta(hours=1)), (_("Three hours"), now + timedelta(hours=3))]
    times.append((_("Tomorrow"), tomorrow))
    return times if monday == tomorrow else [*times, (_("Next week"), monday)]


def _refusal(act: Act, detail: TaskDetail, viewer: Person, now: datetime) -> Panel:
    return Panel(
        act,
        _("Why should somebody else decide?"),
        _("It stays with the others, and is not offered to you again."),
        _("Decline"),
        words="reason",
        words_label=_("Reason"),
        required=True,
    )


def _nudge(act: Act, detail: TaskDetail, viewer: Person, now: datetime) -> Panel:
    task, last = detail.task, last_nudge(detail.task, now)
    people = who_has(task, viewer)
    names = ", ".join(person.display_name for person in people)
    if last is not None:
        return Panel(act, _("Remind again?"), why_early(last, viewer, now), "")
    if not people:
        return Panel(act, _("Remind?"), _("Nobody else has it."), "")
    often = _(
        "They are told in the ways that they have chosen, in their own hours; once in %(often)s, whoever reminds."
    )
    title = _("Remind those who are asked?") if is_sealed(task) else _("Remind %(names)s?") % {"names": names}
    every = moments.spoken(timedelta(minutes=task.queue.nudge_minutes))
    return Panel(act, title, often % {"often": every}, _("Remind"))


_PANELS: Mapping[str, Callable[[Act, TaskDetail, Person, datetime], Panel]] = {
    "information": _information,
    "delegation": _delegation,
    "escalation": _escalation,
    "snooze": _snooze,
    "refusal": _refusal,
    "nudge": _nudge,
}

"""Who gets a task next, and when, in as few words as fit under a dot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import FutureEntry
from reviewhub.web import moments

ROLES = {
    "backup_of": gettext_lazy("backup"),
    "manager_of": gettext_lazy("manager"),
    "owner": gettext_lazy("owner"),
    "queue": gettext_lazy("team"),
    "group": gettext_lazy("group"),
}


@dataclass(frozen=True, slots=True)
class Step:
    who: str
    when: str
    tone: str = ""
    now: bool = False
    past: bool = False
    off: bool = False


def steps_of(task: ReviewTask, entries: list[FutureEntry], viewer: Person, now: datetime) -> tuple[Step, ...]:
    if not task.is_waiting or not entries:
        return ()
    shown = [entry for entry in entries if _is_told(entry)]
    steps = (_step(entry, viewer, now) for entry in shown)
    if task.stands_still_since:
        steps = (step if step.past or step.off else replace(step, when=_("clock stopped"), tone="") for step in steps)
    return (_holder(task, viewer), *steps)


def _is_told(entry: FutureEntry) -> bool:
    """The assignee's own reminder is left out, and so is a warning that has been given: the history has both."""
    return entry.kind in ("level", "unanswered", "breach") or (entry.kind == "three_quarters" and not entry.reached)


def _holder(task: ReviewTask, viewer: Person) -> Step:
    holder = task.claimed_by
    if holder is None:
        return Step(task.queue.title, _("now"), now=True)
    return Step(_("You") if holder.pk == viewer.pk else holder.display_name, _("now"), now=True)


def _step(entry: FutureEntry, viewer: Person, now: datetime) -> Step:
    when = moments.moment(entry.at, now)
    match entry.kind:
        case "three_quarters":
            return Step(_("Lead is warned"), when)
        case "breach":
            return Step(
                _("Manager is told"), _("%(when)s, if not decided") % {"when": when}, "warning", past=entry.reached
            )
        case "unanswered":
            return Step(_("%(outcome)s by itself") % {"outcome": entry.outcome}, when)
        case _:
            return _level(entry, viewer, when)


def _level(entry: FutureEntry, viewer: Person, when: str) -> Step:
    people = ", ".join(_("You") if name == viewer.display_name else name for name in entry.people)
    role = str(ROLES.get(entry.to.get("kind", ""), ""))
    who = ", ".join(part for part in (people, role) if part) or _("Level %(n)d") % {"n": entry.level}
    if not entry.applies:
        return Step(who, _only_if(entry.condition or ""), off=True)
    return Step(who, when, past=entry.reached)


def _only_if(condition: str) -> str:
    """An expression is the workflow's language; the one that most chains have is said in words."""
    said = condition.removeprefix("${").removesuffix("}").strip()
    return _("only if critical") if said == "sla.critical" else _("only if %(condition)s") % {"condition": said}

"""What has happened to a task, in sentences, from the run's audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api
from orchestration.api import Entry
from reviewhub.reviews.models import Agreement, ReviewTask
from reviewhub.reviews.questions import as_asked


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One sentence. `text` of a comment is somebody's own words, and hostile as such."""

    kind: str  # of the audit event
    at: datetime  # process time
    who: str
    says: str
    text: str = ""
    changes: tuple[tuple[str, Any, Any], ...] = ()  # of a decision's corrections: label, old value, new value
    documents: tuple[Mapping[str, Any], ...] = ()  # attached to a comment


def history_of(task: ReviewTask) -> list[HistoryEntry]:
    """The newest first."""
    told = [_told(task, as_asked(task, entry)) for entry in _about(task) if entry.kind in _SAYS]
    return [entry for entry in reversed(told) if entry.says]


def _about(task: ReviewTask) -> Iterator[Entry]:
    """The oldest first. Where the run was moved to another version, the task may have had another key before."""
    entries, key, found = list(api.told_timeline(task.run_id)), task.key, list[Entry]()
    for entry in reversed(entries):
        if entry.kind == "run.migrated":
            key = next((old for old, new in entry.data.get("carried", {}).items() if new == key), key)
        elif entry.data.get("key") == key:
            found.append(entry)
    return reversed(found)


def _told(task: ReviewTask, entry: Entry) -> HistoryEntry:
    values = entry.values or {}
    text = str(values.get("text") or values.get("note") or "")
    return HistoryEntry(
        kind=entry.kind,
        at=entry.at,
        who=entry.actor.label,
        says=_SAYS[entry.kind](task, entry),
        text=text,
        changes=tuple(
            (str(each.get("label") or each["field"]), each.get("ai_value"), each.get("human_value"))
            for each in values.get("differences") or ()
        ),
        documents=tuple(each for each in values.get("documents") or () if api.is_document(each)),
    )


def _opened(task: ReviewTask, entry: Entry) -> str:
    return _("Put before %(title)s") % {"title": task.queue.title}


def _claimed(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s claimed it") % {"who": entry.actor.label}


def _released(task: ReviewTask, entry: Entry) -> str:
    held_by = entry.data.get("held_by")
    if held_by and held_by != entry.actor.label:
        return _("%(who)s released it from %(held_by)s") % {"who": entry.actor.label, "held_by": held_by}
    return _("%(who)s gave it back") % {"who": entry.actor.label}


def _commented(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s said") % {"who": entry.actor.label}


def _agreed(task: ReviewTask, entry: Entry) -> str:
    because = Agreement.Because(entry.data["because"]).label
    return _("%(who)s agrees with the AI: “%(because)s”") % {"who": entry.actor.label, "because": because}


def _answered_first(task: ReviewTask, entry: Entry) -> str:
    if "outcome" not in entry.data:
        return _("%(who)s answered before seeing what the AI says") % {"who": entry.actor.label}
    return _("%(who)s said “%(outcome)s” before seeing what the AI says") % {
        "who": entry.actor.label,
        "outcome": task.label_of(entry.data["outcome"]),
    }


def _decided(task: ReviewTask, entry: Entry) -> str:
    data = {**entry.data, **((entry.values or {}) if entry.data.get("blind") else {})}
    if "outcome" not in data:
        return _("%(who)s decided; what is shown when the others have") % {"who": entry.actor.label}
    said = _("%(who)s decided “%(outcome)s”") % {"who": entry.actor.label, "outcome": task.label_of(data["outcome"])}
    proposed = data.get("proposed") or data.get("ai_outcome")
    if proposed and proposed != data["outcome"]:
        against = _("against the proposed “%(outcome)s”") if task.incident else _("against the AI’s “%(outcome)s”")
        said += f" {against % {'outcome': task.label_of(proposed)}}"
    if data.get("reason_labels"):
        said += f" ({', '.join(data['reason_labels'])})"
    return said


def _refused(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s wanted “%(outcome)s”, too late to count") % {
        "who": entry.actor.label,
        "outcome": task.label_of(entry.data["outcome"]),
    }


def _taken_back(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s took the decision back") % {"who": entry.actor.label}


_STAGES = {
    "half": _lazy("Half of the time is gone"),
    "three_quarters": _lazy("Three quarters of the time are gone"),
    "breach": _lazy("The time is over"),
}


def _warned(task: ReviewTask, entry: Entry) -> str:
    return str(_STAGES[entry.data["stage"]])


def _escalated(task: ReviewTask, entry: Entry) -> str:
    names = ", ".join(person["label"] for person in entry.data["people"])
    return (
        _("Level %(level)s reached %(names)s") % {"level": entry.data["level"] + 1, "names": names}
        if names
        else _("Level %(level)s found nobody to ask") % {"level": entry.data["level"] + 1}
    )


def _approver_asked(task: ReviewTask, entry: Entry) -> str:
    names = ", ".join(person["label"] for person in entry.data["people"])
    return (
        _("Asked to decide: %(names)s") % {"names": names}
        if names
        else _("Nobody could be asked: it is %(title)s’s to decide") % {"title": task.queue.title}
    )


def _disputed(task: ReviewTask, entry: Entry) -> str:
    then = entry.data["then"]
    if "outcome" in then:
        return _("They did not agree: it ends as “%(outcome)s”") % {"outcome": task.label_of(then["outcome"])}
    return _("They did not agree: one person more decides")


def _asked(task: ReviewTask, entry: Entry) -> str:
    to = (entry.values or {}).get("to") or _("the requester")
    return _("%(who)s asked %(to)s") % {"who": entry.actor.label, "to": to}


def _answered(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s answered") % {"who": entry.actor.label}


def _paused(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s snoozed it") % {"who": entry.actor.label} if entry.data["why"] == "snoozed" else ""


def _resumed(task: ReviewTask, entry: Entry) -> str:
    """An answer, a decision and a level say so themselves."""
    how = entry.data.get("how")
    if how == "over":
        return _("The time for an answer is over") if entry.data["why"] == "asked" else _("It is back from snoozing")
    return _("%(who)s took it up again") % {"who": entry.actor.label} if how == "taken_up" else ""


def _clocks_stopped(task: ReviewTask, entry: Entry) -> str:
    return _("%(by)s stopped its clocks: %(reason)s") % {"by": entry.data["by"], "reason": entry.data["reason"]}


def _clocks_started(task: ReviewTask, entry: Entry) -> str:
    return _("Its clocks go on")


def _delegated(task: ReviewTask, entry: Entry) -> str:
    words = {"who": entry.actor.label, "to": entry.data["to_label"], "wanted": entry.data.get("for_label")}
    instead = _("%(who)s gave it to %(to)s, in the place of %(wanted)s")
    return (instead if words["wanted"] else _("%(who)s gave it to %(to)s")) % words


def _undelegated(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s took it back from %(before)s") % {
        "who": entry.actor.label,
        "before": entry.data["from_label"],
    }


def _declined(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s declined it") % {"who": entry.actor.label}


def _gone_on(task: ReviewTask, entry: Entry) -> str:
    to = entry.data["to_label"] or task.queue.title
    return _("%(before)s is away: it went to %(to)s") % {"before": entry.data["from_label"], "to": to}


def _nudged(task: ReviewTask, entry: Entry) -> str:
    to = entry.data["to_label"] or _("those who are asked")
    return _("%(who)s reminded %(to)s") % {"who": entry.actor.label, "to": to}


def _given(task: ReviewTask, entry: Entry) -> str:
    people = {"who": entry.actor.label, "to": entry.data["to_label"] or task.queue.title}
    before = entry.data.get("from_label")
    if entry.actor.kind != "person":
        return _("It was given to %(to)s") % people
    if before:
        return _("%(who)s gave it to %(to)s, from %(before)s") % {**people, "before": before}
    return _("%(who)s gave it to %(to)s") % people


def _called(task: ReviewTask, entry: Entry) -> str:
    return _("%(who)s escalated it") % {"who": entry.actor.label}


def _unanswered(task: ReviewTask, entry: Entry) -> str:
    return _("Nobody answered: it ended as “%(outcome)s”") % {"outcome": task.label_of(entry.data["outcome"])}


def _closed(task: ReviewTask, entry: Entry) -> str:
    return _("The decision counts, and the run went on")


def _withdrawn(task: ReviewTask, entry: Entry) -> str:
    return _("It was withdrawn")


_SAYS: Mapping[str, Callable[[ReviewTask, Entry], str]] = {
    "review.opened": _opened,
    "incident.opened": _opened,
    "review.warned": _warned,
    "review.escalated": _escalated,
    "review.taken_back": _taken_back,
    "review.unanswered": _unanswered,
    "review.closed": _closed,
    "review.withdrawn": _withdrawn,
    "review.paused": _paused,
    "review.resumed": _resumed,
    "review.approver_asked": _approver_asked,
    "review.disputed": _disputed,
    "review.clocks_stopped": _clocks_stopped,
    "review.clocks_started": _clocks_started,
    "desk.asked": _asked,
    "desk.answered": _answered,
    "desk.delegated": _delegated,
    "desk.undelegated": _undelegated,
    "desk.declined": _declined,
    "desk.escalated": _called,
    "desk.moved": _gone_on,
    "desk.given": _given,
    "desk.nudged": _nudged,
    "desk.claimed": _claimed,
    "desk.released": _released,
    "desk.commented": _commented,
    "desk.agreed": _agreed,
    "desk.answered_first": _answered_first,
    "desk.decided": _decided,
    "desk.refused": _refused,
}
TOLD = frozenset(_SAYS)  # the kinds of audit event that a task's history tells

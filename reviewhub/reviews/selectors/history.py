"""What has happened to a task, in sentences, from the run's audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration import api
from orchestration.api import Entry
from reviewhub.reviews.models import Agreement, ReviewTask


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
    told = [_told(task, entry) for entry in _about(task) if entry.kind in _SAYS]
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
    return f"Put before {task.queue.title}"


def _claimed(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} claimed it"


def _released(task: ReviewTask, entry: Entry) -> str:
    held_by = entry.data.get("held_by")
    if held_by and held_by != entry.actor.label:
        return f"{entry.actor.label} released it from {held_by}"
    return f"{entry.actor.label} gave it back"


def _commented(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} said"


def _agreed(task: ReviewTask, entry: Entry) -> str:
    because = Agreement.Because(entry.data["because"]).label
    return f"{entry.actor.label} agrees with the AI: “{because}”"


def _answered_first(task: ReviewTask, entry: Entry) -> str:
    if "outcome" not in entry.data:
        return f"{entry.actor.label} answered before seeing what the AI says"
    return f"{entry.actor.label} said “{task.label_of(entry.data['outcome'])}” before seeing what the AI says"


def _decided(task: ReviewTask, entry: Entry) -> str:
    data = {**entry.data, **((entry.values or {}) if entry.data.get("blind") else {})}
    if "outcome" not in data:
        return f"{entry.actor.label} decided; what is shown when the others have"
    said = f"{entry.actor.label} decided “{task.label_of(data['outcome'])}”"
    proposed = data.get("proposed") or data.get("ai_outcome")
    if proposed and proposed != data["outcome"]:
        whose = "the proposed" if task.incident else "the AI’s"
        said += f" against {whose} “{task.label_of(proposed)}”"
    if data.get("reason_labels"):
        said += f" ({', '.join(data['reason_labels'])})"
    return said


def _refused(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} wanted “{task.label_of(entry.data['outcome'])}”, too late to count"


def _taken_back(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} took the decision back"


_STAGES = {
    "half": "Half of the time is gone",
    "three_quarters": "Three quarters of the time are gone",
    "breach": "The time is over",
}


def _warned(task: ReviewTask, entry: Entry) -> str:
    return _STAGES[entry.data["stage"]]


def _escalated(task: ReviewTask, entry: Entry) -> str:
    names = ", ".join(person["label"] for person in entry.data["people"])
    return (
        f"Level {entry.data['level'] + 1} reached {names}"
        if names
        else (f"Level {entry.data['level'] + 1} found nobody to ask")
    )


def _approver_asked(task: ReviewTask, entry: Entry) -> str:
    names = ", ".join(person["label"] for person in entry.data["people"])
    return f"Asked to decide: {names}" if names else f"Nobody could be asked: it is {task.queue.title}’s to decide"


def _disputed(task: ReviewTask, entry: Entry) -> str:
    then = entry.data["then"]
    if "outcome" in then:
        return f"They did not agree: it ends as “{task.label_of(then['outcome'])}”"
    return "They did not agree: one person more decides"


def _asked(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} asked {(entry.values or {}).get('to') or 'the requester'}"


def _answered(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} answered"


def _paused(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} snoozed it" if entry.data["why"] == "snoozed" else ""


def _resumed(task: ReviewTask, entry: Entry) -> str:
    """An answer, a decision and a level say so themselves."""
    how = entry.data.get("how")
    if how == "over":
        return "The time for an answer is over" if entry.data["why"] == "asked" else "It is back from snoozing"
    return f"{entry.actor.label} took it up again" if how == "taken_up" else ""


def _clocks_stopped(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.data['by']} stopped its clocks: {entry.data['reason']}"


def _clocks_started(task: ReviewTask, entry: Entry) -> str:
    return "Its clocks go on"


def _delegated(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} gave it to {entry.data['to_label']}"


def _undelegated(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} took it back from {entry.data['from_label']}"


def _declined(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} declined it"


def _gone_on(task: ReviewTask, entry: Entry) -> str:
    to = entry.data["to_label"] or task.queue.title
    return f"{entry.data['from_label']} is away: it went to {to}"


def _nudged(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} reminded {entry.data['to_label'] or 'those who are asked'}"


def _given(task: ReviewTask, entry: Entry) -> str:
    by = f"{entry.actor.label} gave it to" if entry.actor.kind == "person" else "It was given to"
    before = f", from {entry.data['from_label']}" if entry.data.get("from_label") else ""
    return f"{by} {entry.data['to_label'] or task.queue.title}{before}"


def _called(task: ReviewTask, entry: Entry) -> str:
    return f"{entry.actor.label} escalated it"


def _unanswered(task: ReviewTask, entry: Entry) -> str:
    return f"Nobody answered: it ended as “{task.label_of(entry.data['outcome'])}”"


def _closed(task: ReviewTask, entry: Entry) -> str:
    return "The decision counts, and the run went on"


def _withdrawn(task: ReviewTask, entry: Entry) -> str:
    return "It was withdrawn"


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

"""What an audit event says to somebody who sees the product for the first time: what happened, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from orchestration.api import Entry
from reviewhub.demo.results import Telling, told_result


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run is about."""

    title: str
    arrived: str

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Subject:
        if "supplier" in given:
            item, supplier, amount = given.get("item", "Something"), given["supplier"], given.get("amount", 0)
            return cls(str(item), f"A purchase arrived: {item} from {supplier} for {amount:,.0f}")
        if "subject" in given:
            return cls(str(given["subject"]), f"{given.get('name', 'A customer')} wrote: {given['subject']}")
        return cls("A run", "A run was started")


def started(subject: Subject, entry: Entry) -> Telling:
    webhook = str(entry.data.get("source", "")).startswith("webhook:")
    how = "The webhook's signature, its age and every field were checked first. " if webhook else ""
    return Telling(subject.arrived, f"{how}It stays on version {entry.data.get('version')} of its workflow.")


def succeeded(_: Subject, entry: Entry) -> Telling | None:
    step = str(entry.data.get("path", "")).rpartition("/")[2]
    return told_result(step, (entry.values or {}).get("result"))


def opened(_: Subject, entry: Entry) -> Telling:
    due = entry.data.get("review", {}).get("due_at")
    until = f"Due at {clock_time(due)}, counted on its calendar; " if due else ""
    return Telling("It waits for a person", f"{until}the whole chain of who gets it next is planned.", "warning")


STAGES = {
    "half": ("Half of the time is gone", "Whoever has it was told, or else the lead.", "warning"),
    "three_quarters": ("Three quarters of the time are gone", "The team's lead was told.", "warning"),
    "breach": ("The deadline has passed", "The manager was told. The task stays open.", "breached"),
}


def warned(_: Subject, entry: Entry) -> Telling | None:
    told = STAGES.get(str(entry.data.get("stage")))
    return Telling(*told) if told else None


ASKED = {"backup_of": "the backup", "manager_of": "the manager", "owner": "the process owner"}


def escalated(_: Subject, entry: Entry) -> Telling:
    people = " and ".join(str(person["label"]) for person in entry.data.get("people", ()))
    role = ASKED.get(str(entry.data.get("to", {}).get("kind")), "the next in line")
    what = f"{people}, {role}, was asked as well" if people else f"Nobody could be asked: {role} is missing"
    return Telling(what, "Nobody had decided by then. Whoever had it still may.", "warning")


def decided(_: Subject, entry: Entry) -> Telling:
    decision = entry.data["review"]["decision"]
    return Telling(
        f"{decision['by']['label']} decided: {_words(decision['outcome'])}",
        "Nothing has happened yet: the workflow goes on when the time to take it back is over.",
        "calm",
    )


def voted(_: Subject, entry: Entry) -> Telling:
    who = entry.data["vote"]["by"]["label"]
    outcome = entry.data["vote"].get("outcome") or (entry.values or {}).get("outcome")
    return Telling(f"{who} decided{f': {_words(outcome)}' if outcome else ''}", "Others are needed before it counts.")


def disputed(_: Subject, entry: Entry) -> Telling:
    return Telling("Those who decide did not agree", "The workflow says what then counts, or who decides.", "warning")


def explained(_: Subject, entry: Entry) -> Telling | None:
    """Why somebody decided against the AI, where they did."""
    reasons = [_words(str(code).rpartition("/")[2]) for code in entry.data.get("reasons", ())]
    if not reasons:
        return None
    return Telling(
        f"{entry.actor.label} said why: {', '.join(reasons)}", "Kept as data beside the AI's answer, to learn from."
    )


def taken_back(_: Subject, entry: Entry) -> Telling:
    return Telling(
        f"{entry.data['by']['label']} took the decision back",
        "No effect had to be reversed. Its clocks go on from their old instants.",
    )


def closed(_: Subject, entry: Entry) -> Telling:
    return Telling("The time to take it back is over", "Now the decision counts, and the workflow goes on.")


def unanswered(_: Subject, entry: Entry) -> Telling:
    return Telling(f"Nobody answered: {_words(str(entry.data['outcome']))}", "So the workflow says.", "breached")


def failed(_: Subject, entry: Entry) -> Telling:
    error = (entry.values or {}).get("error") or {}
    what = str(error.get("message", "A step failed")).rstrip(".")
    if "wait" not in entry.data:
        return Telling(what, "It is not tried again by itself.", "breached")
    wait = f"{float(entry.data['wait']):.0f} s"
    if entry.data.get("class") == "ambiguous":
        return Telling(what, f"It may have happened all the same: in {wait} that is looked up first.", "warning")
    return Telling(what, f"Nothing happened there, so it is tried again in {wait}.", "warning")


def lost(_: Subject, entry: Entry) -> Telling:
    return Telling(
        "The process that did a step died", "Whether it took effect is looked up before it is tried again.", "warning"
    )


def incident(_: Subject, entry: Entry) -> Telling:
    step = str(entry.data.get("path", "")).rpartition("/")[2]
    return Telling(
        f"The step “{step}” needs a person",
        "It failed for good. Oscar finds it in his queue: retry, correct its input, or let the run fail.",
        "breached",
    )


def resolved(_: Subject, entry: Entry) -> Telling:
    return Telling(f"{entry.data['by']['label']} chose: {_words(str(entry.data['action']))}", "", "calm")


def gone_on(_: Subject, entry: Entry) -> Telling:
    return Telling(f"The event {entry.data['event']} arrived", "The run had waited for it, and goes on.", "calm")


ENDS = {
    "ordered": "The run ended: ordered",
    "rejected": "The run ended: not ordered",
    "answered": "The run ended: answered",
    "closed": "The run ended without an answer",
}


def ended(_: Subject, entry: Entry) -> Telling:
    outcome, status = str(entry.data.get("outcome")), str(entry.data.get("status"))
    if status != "succeeded":
        return Telling(f"The run was {status}" if status == "cancelled" else "The run failed", "", "breached")
    return Telling(ENDS.get(outcome, f"The run ended: {outcome}"), "", "calm")


TELLINGS: Mapping[str, Callable[[Subject, Entry], Telling | None]] = {
    "run.started": started,
    "run.ended": ended,
    "step.succeeded": succeeded,
    "attempt.failed": failed,
    "attempt.lost": lost,
    "incident.opened": incident,
    "incident.resolved": resolved,
    "event.taken": gone_on,
    "review.opened": opened,
    "review.warned": warned,
    "review.escalated": escalated,
    "review.decided": decided,
    "review.voted": voted,
    "review.disputed": disputed,
    "review.taken_back": taken_back,
    "review.closed": closed,
    "review.unanswered": unanswered,
    "desk.decided": explained,
}


def clock_time(instant: str) -> str:
    """An instant as `14:52` in the viewer's zone."""
    return f"{timezone.localtime(datetime.fromisoformat(instant)):%H:%M}"


def _words(name: str) -> str:
    return name.replace("_", " ")

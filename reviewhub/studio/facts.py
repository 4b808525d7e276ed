"""The audit events of a run as the studio reads them, and what a workflow calls its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import api

Data = Mapping[str, Any]

INCIDENT_WAYS = {
    "retry": _lazy("Retry"),
    "retry_corrected": _lazy("Retry with corrected input"),
    "skip": _lazy("Skip with a given result"),
    "compensate": _lazy("Undo what was done and stop"),
    "fail": _lazy("Let the run fail"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One audit event as the door tells it, with the name of its actor."""

    sequence: int
    kind: str
    at: datetime
    who: str
    data: Data
    values: Data | None  # None: there were none, or they were erased

    @property
    def path(self) -> str:
        """The step it is about; empty where it is about the run."""
        return str(self.data.get("path") or str(self.data.get("key", "")).partition("!")[0])

    @property
    def because(self) -> str:
        """`: The ERP is busy`, where an error is known."""
        error = (self.values or {}).get("error") or {}
        message = str(error.get("message", "")).rstrip(".")
        return f": {message}" if message else ""


BESIDE = {"undo": _lazy("undoing %(step)s"), "fallback": _lazy("another tool for %(step)s")}


@dataclass(frozen=True, slots=True)
class Names:
    """What a workflow calls its parts, for people. In a loop they have one name, and a number."""

    titles: Mapping[str, str] = field(default_factory=dict)  # of steps, by path
    kinds: Mapping[str, str] = field(default_factory=dict)  # of steps, by path
    outcomes: Mapping[tuple[str, str], str] = field(default_factory=dict)  # labels, by (path, outcome)
    branches: Mapping[tuple[str, str], str] = field(default_factory=dict)  # labels, by (path, block)
    levels: Mapping[tuple[str, int], str] = field(default_factory=dict)  # whom an escalation reaches, by (path, index)

    def step(self, path: str) -> str:
        path, beside = _split(path)
        title = self.titles.get(api.written(path)) or path.rpartition("/")[2] or path
        words = BESIDE.get(beside.rstrip("0123456789"))
        title = str(words) % {"step": title} if words else title
        number = api.iteration_of(path).rpartition("#")[2]
        return _("%(step)s no. %(number)s") % {"step": title, "number": number} if number else title

    def kind(self, path: str) -> str | None:
        return self.kinds.get(api.written(path))

    def branch(self, path: str, block: str) -> str:
        return self.branches.get((api.written(path), block), block)

    def outcome(self, path: str, outcome: str) -> str:
        return self.outcomes.get((api.written(path), outcome)) or str(INCIDENT_WAYS.get(outcome, outcome))

    def timer(self, name: str) -> str:
        """A timer's name in words: the due time of approval."""
        subject, _colon, what = name.rpartition(":")
        path = subject.partition("!")[0]
        step = self.step(path) if path else _("the run")
        if what.startswith("level."):
            index = int(what.removeprefix("level."))
            whom = self.levels.get((path, index), "")
            said = _("escalation level %(level)s of %(step)s") % {"level": index + 1, "step": step}
            return f"{said}: {whom}" if whom else said
        return str(TIMERS.get(what, what)).format(step)


def _split(path: str) -> tuple[str, str]:
    """The step, and what stands beside it: its undo, a fallback, or the undo of a fallback."""
    step, _tilde, beside = path.partition("~")
    return step, beside.rpartition("~")[2]


TIMERS = {
    "half": _lazy("half of the time of {}"),
    "three_quarters": _lazy("three quarters of the time of {}"),
    "breach": _lazy("the due time of {}"),
    "unanswered": _lazy("the end of waiting for {}"),
    "undo": _lazy("the end of taking back the decision on {}"),
    "over": _lazy("the end of the wait {}"),
    "wake": _lazy("the end of setting {} aside"),
    "sla.half": _lazy("half of the time that {} has"),
    "sla.three_quarters": _lazy("three quarters of the time that {} has"),
    "sla.breach": _lazy("the due time of {}"),
    "retry": _lazy("the next attempt of {}"),
    "timeout": _lazy("the end of the time for {}"),
    "limit": _lazy("the run's limit"),
}

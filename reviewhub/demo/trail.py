"""The trail: what just happened in all runs, newest first, read off the audit events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestration import api
from orchestration.api import Entry
from reviewhub.demo.results import Telling
from reviewhub.demo.tellings import TELLINGS, Subject

LOOKED_AT = 60  # audit events
RUNS = 6
SHOWN = 24
RUN = "run:"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened to one run."""

    at: datetime
    sequence: int  # in the run's chain
    run_id: str
    subject: str
    telling: Telling


def trail() -> list[Moment]:
    """The latest moments of the runs that moved last."""
    moments = [
        Moment(entry.at, entry.sequence, run_id, subject.title, telling)
        for run_id in _moved_last()
        for subject, entry in _story(run_id)
        if (telling := _told(subject, entry)) is not None
    ]
    return sorted(moments, key=_by_time, reverse=True)[:SHOWN]


def _by_time(moment: Moment) -> tuple[datetime, int]:
    return moment.at, moment.sequence


def _moved_last() -> list[str]:
    chains = api.audit_entries().filter(chain__startswith=RUN).values_list("chain", flat=True)[:LOOKED_AT]
    return [chain.removeprefix(RUN) for chain in dict.fromkeys(chains)][:RUNS]


def _story(run_id: str) -> list[tuple[Subject, Entry]]:
    entries = api.told_timeline(run_id)
    given = next((entry.values for entry in entries if entry.kind == "run.started"), None) or {}
    subject = Subject.of(given.get("input") or {})
    return [(subject, entry) for entry in entries]


def _told(subject: Subject, entry: Entry) -> Telling | None:
    tell = TELLINGS.get(entry.kind)
    return tell(subject, entry) if tell is not None else None

"""Who would be asked, and when, by a policy of the settings: for a task that came now or at any other instant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from orchestration import api, ports
from orchestration.api import Calendar
from reviewhub.reviews.holidays import holidays_of
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.people import people_for
from reviewhub.reviews.selectors.future import FutureEntry


@dataclass(frozen=True, slots=True)
class Supposed:
    """A task that there is not. `requester` is an address or a user name; `owner` the workflow's."""

    queue: Queue | None
    at: datetime  # process time
    critical: bool = False
    requester: str = ""
    workflow: str = ""
    owner: str = ""


def preview_of(policy: str, supposed: Supposed, sla: str = "") -> list[FutureEntry]:
    """By policies of the settings. Raises `NotFound` for one that is not there."""
    source = ports.policies()
    clock = source.sla_policy(sla).body if sla else {}
    return foreseen(supposed, levels=source.escalation_policy(policy).body, clock=clock)


def foreseen(
    supposed: Supposed,
    *,
    levels: Sequence[Mapping[str, Any]] = (),
    clock: Mapping[str, Any] | None = None,
    calendar: Calendar | None = None,
) -> list[FutureEntry]:
    """In the order of time, by what may not be saved yet. Whom a level reaches is asked for the instant of the level:
    who is away then is passed over. `clock`: the body of an SLA policy; its calendar is one of the settings, unless one
    is given. Raises `NotFound`, and `OverflowError` for what would come after the year 9999."""
    clock = clock or {}
    if calendar is None and clock.get("calendar"):
        calendar = ports.policies().calendar(clock["calendar"])
    due = clock.get("due")
    steps = api.preview(supposed.at, due_seconds=due, levels=levels, calendar=calendar, critical=supposed.critical)
    task = _task(supposed)
    return [_entry(task, step) for step in steps]


def unsaved_calendar(
    *, zone: str, week: Mapping[str, Sequence[str]], country: str, subdivision: str, extra: Iterable[date]
) -> Calendar:
    """As the settings would keep it now. Raises `InvalidCalendar`."""
    days = sorted({*holidays_of(country, subdivision), *extra})
    content = {"zone": zone, "week": week, "holidays": [day.isoformat() for day in days]}
    return api.calendar_from({"name": "calendar", "version": 1, **content})


def _task(supposed: Supposed) -> ReviewTask:
    """Never saved."""
    requester = supposed.requester.strip().lower()
    return ReviewTask(
        queue=supposed.queue,
        workflow=supposed.workflow,
        workflow_owner=supposed.owner,
        excluded=[requester] if requester else [],
    )


def _entry(task: ReviewTask, step: ports.FutureStep) -> FutureEntry:
    people = people_for(task, step.to, step.at) if step.kind == "level" else []
    return FutureEntry(
        kind=step.kind,
        at=step.at,
        people=tuple(person.display_name for person in people),
        to=dict(step.to),
        level=step.level + 1 if step.level is not None else None,
        mode=step.mode,
        applies=step.applies,
        condition=step.when,
        outcome="",
        reached=False,
    )

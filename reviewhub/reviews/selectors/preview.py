"""Who would be asked, and when, by a policy of the settings: for a task that came now or at any other instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestration import api, ports
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.people import people_for
from reviewhub.reviews.selectors.future import FutureEntry


@dataclass(frozen=True, slots=True)
class Supposed:
    """A task that there is not. `requester` is an address or a user name; `owner` the workflow's."""

    queue: Queue
    at: datetime  # process time
    critical: bool = False
    requester: str = ""
    workflow: str = ""
    owner: str = ""


def preview_of(policy: str, supposed: Supposed, sla: str = "") -> list[FutureEntry]:
    """In the order of time. Whom a level reaches is asked for the instant of the level: who is away then is passed
    over. Raises `NotFound` for a policy that is not in the settings."""
    source = ports.policies()
    clock = source.sla_policy(sla).body if sla else {}
    calendar = source.calendar(clock["calendar"]) if clock.get("calendar") else None
    steps = api.preview(
        supposed.at,
        due_seconds=clock.get("due"),
        levels=source.escalation_policy(policy).body,
        calendar=calendar,
        critical=supposed.critical,
    )
    task = _task(supposed)
    return [_entry(task, step) for step in steps]


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

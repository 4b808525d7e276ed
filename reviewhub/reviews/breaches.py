"""What is kept when a due time is missed: who had it at that moment, and what it waited for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orchestration import ports
from orchestration.ports import LateRun
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Assignment, Breach, ReviewTask

Cause = Breach.Cause
_OF_STATUS = {ReviewTask.Status.ASKED: Cause.ASKED, ReviewTask.Status.SNOOZED: Cause.SNOOZED}


def record_task(task: ReviewTask, at: datetime) -> None:
    assignments = list(task.assignments.select_related("person"))
    cause, holder = _held_up(task, [each for each in assignments if each.ended_at is None])
    _record(
        kind=Breach.Kind.TASK,
        run_id=task.run_id,
        key=task.key,
        task=task,
        workflow=task.workflow,
        workflow_owner=task.workflow_owner,
        title=task.title,
        queue=task.queue,
        due_at=task.due_at or at,
        at=at,
        cause=cause,
        holder=holder,
        level=task.level,
        hands=len({each.person_id for each in assignments if each.role in ("reviewer", "delegate")}),
    )


def record_run(run: Any, late: LateRun) -> None:
    """Of a step or of the whole run."""
    _record(
        kind=Breach.Kind.STEP if late.path else Breach.Kind.RUN,
        run=run,
        key=late.path,
        workflow=run.workflow.name,
        workflow_owner=run.workflow.owner,
        title=name_of(run),
        due_at=late.due_at,
        at=late.at,
        cause=_waited_for(late.waits_for),
        waits_for=[dict(each) for each in late.waits_for],
    )


def name_of(run: Any) -> str:
    """What a run is called where its workflow has to be said with it."""
    return f"{run.workflow.title}: {run.business_key or f'…{str(run.pk)[-12:]}'}"[:300]


def _record(**fields: Any) -> None:
    """A clock that was set back fires again at its old instant, and that is no second breach."""
    Breach.objects.bulk_create([Breach(**fields)], ignore_conflicts=True)


def _held_up(task: ReviewTask, asked: Sequence[Assignment]) -> tuple[str, Person | None]:
    if task.is_paused:
        return _OF_STATUS[ReviewTask.Status(task.status)], task.paused_by
    if task.holder_id(ports.clock().system_now()) is not None:
        return Cause.CLAIMED, task.claimed_by
    delegates = [each.person for each in asked if each.role == Assignment.Role.DELEGATE]
    if delegates:
        return Cause.HANDED_ON, delegates[0]
    return (Cause.VOTES if (task.approvals or {}).get("votes") else Cause.UNCLAIMED), None


def _waited_for(steps: Sequence[Mapping[str, str]]) -> str:
    """The gravest of what was open."""
    if any(step["status"] == "incident" for step in steps):
        return Cause.MENDING
    if any(step["kind"] == "review" for step in steps):
        return Cause.DECISION
    outside = steps and all(step["kind"] in ("wait", "workflow") and step["status"] == "waiting" for step in steps)
    return Cause.ELSEWHERE if outside else Cause.WORKING

"""Pausing a whole workflow: what arrives is taken as ever, and its runs stand still until the workflow goes on.

Whoever holds a run (its workflow, its parent) is asked anew each time: a run follows what its holder is now, and after
it was moved the holder is looked at once more. So a pause and its end that cross each other leave no run behind.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orchestration.core.events import PauseRequested, ResumeRequested
from orchestration.exceptions import InvalidTransition, NotFound
from orchestration.models import Run, Workflow
from orchestration.ports import SYSTEM, Actor, clock
from orchestration.runtime import outbox
from orchestration.runtime.advance import advance, commit, consider, fire_due
from orchestration.runtime.audit import record_change
from orchestration.runtime.store import hold

FOLLOWS = "workflow.follows"  # topic of the outbox
TOGETHER = 200  # runs looked for at once
STRAGGLERS_AFTER = 20.0  # seconds; by then whatever was being started while the workflow was paused is committed


def pause_workflow(*, workflow: str, reason: str, actor: Actor, holds_open: bool = True) -> None:
    """From here on new runs are taken and stay at their start; with `holds_open` those that are open stand still too.
    Raises `NotFound`, and `InvalidTransition` where it is paused already."""
    with transaction.atomic():
        row = _locked(workflow)
        if row.paused_at is not None:
            raise InvalidTransition(f"The workflow {workflow!r} is paused already, by {row.paused_by}.")
        row.paused_at, row.paused_by, row.pause_reason = clock().process_now(), actor.label[:150], reason[:300]
        row.pause_holds_open = holds_open
        _keep(row)
        data = {"reason": row.pause_reason, "holds_open": holds_open}
        record_change(chain=f"workflow:{workflow}", kind="workflow.paused", data=data, actor=actor)
        _tell_runs(row)


def resume_workflow(*, workflow: str, actor: Actor) -> None:
    """Its runs go on where they stood, unless somebody else holds them too. Raises as `pause_workflow` does."""
    with transaction.atomic():
        row = _locked(workflow)
        if row.paused_at is None:
            raise InvalidTransition(f"The workflow {workflow!r} is not paused.")
        data = {"paused_for": (clock().process_now() - row.paused_at).total_seconds()}
        row.paused_at, row.paused_by, row.pause_reason = None, "", ""
        _keep(row)
        record_change(chain=f"workflow:{workflow}", kind="workflow.resumed", data=data, actor=actor)
        _tell_runs(row)


def pause_reason(workflow: Workflow) -> str | None:
    """Why a run that starts now stays at its start; None where its workflow is not paused."""
    return workflow.pause_reason if workflow.paused_at is not None else None


def follow(run_id: Any, by: str, is_held: Callable[[], str | None]) -> None:
    """Pauses the run while `is_held` gives a reason, and lets it go on while it gives none."""
    wanted = is_held()
    while True:
        _move(run_id, by, wanted)
        now = is_held()
        if (now is None) == (wanted is None):
            return
        wanted = now


def _move(run_id: Any, by: str, reason: str | None) -> None:
    try:
        if reason is None:
            advance(run_id, ResumeRequested(by))
            return
        with transaction.atomic():
            held = hold(run_id)
            fire_due(held, clock().process_now())
            commit(held, consider(held, PauseRequested(reason, by)), SYSTEM)
    except InvalidTransition:  # it is over, or stands as it should already
        return


def _locked(workflow: str) -> Workflow:
    row = Workflow.objects.select_for_update().filter(name=workflow).first()
    if row is None:
        raise NotFound(f"There is no workflow {workflow!r}.")
    return row


def _keep(row: Workflow) -> None:
    row.save(update_fields=("paused_at", "paused_by", "pause_reason", "pause_holds_open"))


def _tell_runs(row: Workflow) -> None:
    """Twice: the second time for what was being started while the workflow was paused or went on."""
    for delay in (0.0, STRAGGLERS_AFTER):
        key = f"{row.name}:{uuid.uuid4().hex}"
        outbox.send_later(topic=FOLLOWS, key=key, payload={"workflow": row.name}, delay_seconds=delay)


@outbox.on_topic(FOLLOWS)
def _follows(message: Mapping[str, Any], _: str) -> None:
    """Raising means once more, later; runs that follow already are left alone."""
    row = Workflow.objects.get(name=message["workflow"])
    after = None
    while True:
        found = list(_to_move(row, after).values_list("pk", flat=True)[:TOGETHER])
        for run_id in found:
            follow(run_id, "workflow", lambda: _reason(row.name))
        if len(found) < TOGETHER:
            return
        after = found[-1]


def _reason(workflow: str) -> str | None:
    return pause_reason(Workflow.objects.get(name=workflow))


def _to_move(row: Workflow, after: Any) -> QuerySet[Run]:
    runs = Run.objects.filter(workflow=row, status=Run.Status.RUNNING).order_by("pk")
    if after is not None:
        runs = runs.filter(pk__gt=after)
    if row.paused_at is None:
        return runs.filter(paused_at__isnull=False)
    if not row.pause_holds_open:
        return runs.filter(started_at__gte=row.paused_at, continues__isnull=True)
    return runs

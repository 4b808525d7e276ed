"""A changed task as browsers are shown it: its row, and the views that it belongs to now."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from orchestration import ports
from reviewhub.direction import in_order
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME, with_holders
from reviewhub.web.presenters.rows import row_of
from reviewhub.web.printed_rows import printed
from reviewhub.web.queue_views import DONE


def patch_for(task_id: UUID) -> dict[str, Any] | None:
    """The row is nobody's in particular: the browser puts in the viewer's zone, face and view.

    `views` hold for whoever hears of the task by its queue; `people` are views of single persons, by id.
    """
    found = with_holders(ReviewTask.objects.for_rows().filter(pk=task_id))
    if not found:
        return None
    (task,) = found
    clock = ports.clock()
    row = row_of(task, clock.process_now(), clock.system_now())
    html = in_order(printed([row]))
    return {
        "task": str(task.pk),
        "version": task.version,
        "added": task.added,
        "as_of": row.as_of,
        "html": html,
        "queue": task.queue_id,
        "views": _views(task) if task.is_waiting else [],
        "people": _people(task),
        "leaving": task.status == ReviewTask.Status.DECIDED,
    }


def _views(task: ReviewTask) -> list[str]:
    clock = ports.clock()
    if task.is_paused:
        asked = ["aside"] if task.status == ReviewTask.Status.ASKED and not task.moved else []
        return asked + (["at-risk"] if _is_at_risk(task, clock.process_now()) else [])
    views = [] if task.moved else ["team"]
    if not task.moved and task.holder_id(clock.system_now()) is None:
        views.append("unassigned")
    if _is_at_risk(task, clock.process_now()):
        views.append("at-risk")
    return views


def _is_at_risk(task: ReviewTask, now: datetime) -> bool:
    late = task.three_quarters_at is not None and task.three_quarters_at <= now
    return late and task.stands_still_since is None


def _people(task: ReviewTask) -> dict[str, list[int]]:
    if not task.is_waiting:
        decided = task.decisions.filter(taken_back_at__isnull=True).values_list("by_id", flat=True)
        return {DONE: list(decided)}
    asked = Assignment.objects.filter(BY_NAME, task=task, ended_at__isnull=True)
    if task.is_paused:
        return {"aside": [task.paused_by_id or 0, *asked.values_list("person_id", flat=True)]}
    escalated = list(asked.values_list("person_id", flat=True))
    holder = task.holder_id(ports.clock().system_now())
    return {"escalated": escalated, "mine": [*escalated, *([holder] if holder else [])]}

"""How a requested review stands: the same words in the answer to a reader and in the callback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from orchestration import api
from reviewhub.reviews.differences import Change
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.requested import STEP, WORKFLOW
from reviewhub.reviews.selectors.changes import documents_answered

Standing = dict[str, Any]

_STATES = {"decided": "decided", "closed": "closed", "withdrawn": "withdrawn"}


def requested_reviews() -> QuerySet[Any]:
    """Their runs."""
    return api.runs().filter(workflow__name=WORKFLOW).defer("version__text", "version__definition")


def standing_of_review(run_id: Any) -> Standing:
    return standings_of([requested_reviews().get(pk=run_id)])[0]


def standings_of(runs: Sequence[Any]) -> list[Standing]:
    """Of each run, in a number of queries that does not depend on how many there are."""
    tasks = {task.run_id: task for task in _tasks(runs)}
    return [_standing(run, tasks.get(run.pk)) for run in runs]


def _tasks(runs: Iterable[Any]) -> QuerySet[ReviewTask]:
    known = ReviewTask.objects.filter(run__in=[run.pk for run in runs], key=STEP).select_related("queue")
    return known.prefetch_related("decisions__by", "decisions__override__reasons")


def _standing(run: Any, task: ReviewTask | None) -> Standing:
    state = _STATES.get(task.status, "waiting") if task else "waiting"
    if task is None and run.ended_at is not None:
        state = "withdrawn"
    stands = _standing_decisions(task) if task and state in ("decided", "closed") else []
    last = stands[-1] if stands else None
    settled = task if task and stands else None
    return {
        "id": str(run.pk),
        "url": f"/api/v1/reviews/{run.pk}/",
        "title": run.input["title"],
        "state": state,
        "outcome": task.outcome if task and state in ("decided", "closed") else None,
        "unanswered": bool(task and task.unanswered),
        "decided_by": _person(last.by) if last else None,
        "decided_at": _instant(task.decided_at or task.closed_at) if task and state in ("decided", "closed") else None,
        "undo_until": _instant(settled.undo_until) if settled and state == "decided" else None,
        "fields": _fields(task, stands) if task and state in ("decided", "closed") else None,
        "reasons": _reasons(last),
        "note": _note(last),
        "decisions": [
            {"by": _person(each.by), "outcome": each.outcome, "at": _instant(each.received_at)} for each in stands
        ],
        "answers": [_answered(each) for each in task.information] if task else [],
        "changes": [_changed(each) for each in documents_answered(task)] if task else [],
        "requested_at": _instant(run.started_at),
        "due_at": _instant(task.due_at) if task else None,
        "ended_at": _instant(run.ended_at or (task.closed_at if task else None)),
        "withdrawn_reason": task.withdrawn_reason if task else "",
        "task_url": f"{settings.PUBLIC_URL}{reverse('web:task', args=(task.pk,))}" if task else None,
        "callback_url": run.input.get("callback_url"),
        "called_back": bool(run.input.get("callback_url")) and run.status == "succeeded",
        "metadata": run.input["metadata"],
    }


def _standing_decisions(task: ReviewTask) -> list[Decision]:
    """In the order in which they were made. While others still decide, nobody is told of any."""
    found = [each for each in task.decisions.all() if each.taken_back_at is None]
    return sorted(found, key=lambda each: (each.received_at, each.seat))


def _answered(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("asked", "by", "answer", "at")}


def _changed(change: Change) -> dict[str, Any]:
    told = ("label", "kind", "how", "was", "now")
    return {"path": change.name, **{name: getattr(change, name) for name in told}}


def _fields(task: ReviewTask, stands: list[Decision]) -> dict[str, Any]:
    """As they were left: what somebody corrected stays, unless a later one corrected it again."""
    shown = {field["name"]: field["value"] for field in task.fields}
    final = dict(shown)
    for decision in stands:
        final |= {name: value for name, value in decision.fields.items() if name in shown and value != shown[name]}
    return final


def _reasons(decision: Decision | None) -> list[str]:
    override = getattr(decision, "override", None)
    return sorted(reason.code for reason in override.reasons.all()) if override else []


def _note(decision: Decision | None) -> str:
    override = getattr(decision, "override", None)
    return str(override.note) if override else ""


def _person(person: Any) -> dict[str, str]:
    return {"username": person.username, "name": person.display_name}


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None

"""Review tasks without an engine behind them, for what only reads them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from orchestration.models import Run, Workflow, WorkflowVersion
from orchestration.ports import ReviewRequest
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.urgency import urgency_at
from tests.support.bench import NOON

OUTCOMES = (
    {"id": "approve", "label": "Approve", "risk": "low", "reason": "against_ai"},
    {"id": "reject", "label": "Reject", "risk": "low", "reason": "against_ai"},
)

_numbers = count(1)


def bare_run(workflow: str = "purchase") -> Run:
    """A run's row, and nothing that runs."""
    named, _ = Workflow.objects.get_or_create(
        name=workflow, defaults={"title": "Purchase", "owner": "oscar", "created_at": NOON}
    )
    version, _ = WorkflowVersion.objects.get_or_create(
        workflow=named, number=1, defaults={"text": "", "definition": {}, "content_hash": "0", "published_at": NOON}
    )
    return Run.objects.create(workflow=named, version=version, input={}, source="test", started_at=NOON)


def request(run: Run, **fields: Any) -> ReviewRequest:
    values: dict[str, Any] = {
        "run_id": str(run.pk),
        "key": "approval",
        "kind": "review",
        "workflow": run.workflow.name,
        "workflow_title": run.workflow.title,
        "workflow_version": 1,
        "workflow_owner": "oscar",
        "step_id": "approval",
        "title": f"Request {next(_numbers)}",
        "queue": "finance",
        "outcomes": OUTCOMES,
        "created_at": NOON,
        "due_at": NOON + timedelta(hours=8),
        "half_at": NOON + timedelta(hours=4),
        "three_quarters_at": NOON + timedelta(hours=6),
        "critical": False,
        "undo_seconds": None,
        **fields,
    }
    return ReviewRequest(**values)


def opened(**fields: Any) -> ReviewTask:
    """A task as the gateway opens it."""
    asked = request(bare_run(), **fields)
    DeskGateway().open(asked)
    return ReviewTask.objects.get(run_id=asked.run_id, key=asked.key)


def many(queue: Any, number: int) -> None:
    """Open tasks in bulk, all of one run, due a minute apart."""
    run = bare_run()
    rows = []
    for index in range(number):
        due_at = NOON + timedelta(minutes=index)
        rows.append(
            ReviewTask(
                run=run,
                key=f"approval#{index}",
                workflow="purchase",
                workflow_title="Purchase",
                workflow_version=1,
                step_id="approval",
                title=f"Request {index}",
                queue=queue,
                created_at=NOON - timedelta(hours=8),
                due_at=due_at,
                three_quarters_at=due_at - timedelta(hours=2),
                urgency_at=urgency_at(NOON - timedelta(hours=8), due_at, "normal"),
                outcomes=list(OUTCOMES),
                evidence_hash="0",
                undo_seconds=10,
            )
        )
    ReviewTask.objects.bulk_create(rows, batch_size=1000)

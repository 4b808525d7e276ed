"""What a shop asks for, and what happens to it."""

from __future__ import annotations

from typing import Any

from orchestration.models import StepRun
from orchestration.runtime import execute, sweeper
from reviewhub.reviews.models import ReviewTask
from tests.integration.api.office import Caller
from tests.support.bench import StandingClock

REFUND: dict[str, Any] = {
    "title": "Refund 120 to Jane",
    "context": {
        "facts": {"order": "O-17", "amount": 120, "tags": ["late", "damaged"]},
        "documents": [
            {"title": "Complaint", "text": "It came broken.\nI want my money back."},
            {"title": "Photo", "url": "https://shop.example/photos/17"},
        ],
    },
    "recommendation": {"outcome": "approve", "confidence": 0.81, "reasons": ["Damaged on arrival"], "model": "ours-3"},
    "outcomes": {"approve": {"label": "Refund"}, "reject": {"label": "Refuse", "reason": "against_ai"}},
    "fields": {"amount": {"value": 120, "label": "Amount", "type": "number", "edit": True}},
    "highlights": {"Order": "O-17"},
    "concerns": ["A third refund this year"],
    "queue": "finance",
    "requester": "jane@example.com",
    "sla": {"due": "8h", "critical": True},
    "escalate": [{"after": "24h", "to": {"backup_of": "queue"}}],
    "unanswered": {"after": "10d", "outcome": "reject"},
    "undo": "20s",
    "metadata": {"thread": "t-1"},
}


def asked(caller: Caller, **changes: Any) -> dict[str, Any]:
    answer = caller.post("/api/v1/reviews/", {**REFUND, **changes})
    assert answer.status_code == 201, answer.content
    assert answer["Location"] == answer.json()["url"]
    found: dict[str, Any] = answer.json()
    return found


def task_of(review: dict[str, Any]) -> ReviewTask:
    return ReviewTask.objects.get(run_id=review["id"], kind="review")


def error_of(review: dict[str, Any]) -> dict[str, Any]:
    """Of the call that a person has to look at."""
    incident = ReviewTask.objects.get(run_id=review["id"], kind="incident").incident
    assert incident is not None
    found: dict[str, Any] = incident["error"]
    return found


def work() -> None:
    while ready := StepRun.objects.filter(status="ready").order_by("pk").first():
        execute.execute(str(ready.run_id), ready.path)


def closed(clock: StandingClock) -> None:
    """The time for taking it back goes by, and the run goes on."""
    clock.forward(seconds=21)
    sweeper.fire_timers()
    work()

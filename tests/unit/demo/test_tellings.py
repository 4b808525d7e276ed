"""What the trail says, in the words that a visitor reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.api import Actor, Entry
from reviewhub.demo.results import told_result
from reviewhub.demo.tellings import TELLINGS, Subject

PURCHASE = Subject.of({"item": "Docking stations", "supplier": "Brightline IT", "amount": 4800.0})
ALICE = Actor("person", "1", "Alice Moreau")


def told(kind: str, data: dict[str, Any], values: dict[str, Any] | None = None) -> tuple[str, str]:
    entry = Entry(1, kind, datetime(2026, 11, 21, 9, tzinfo=UTC), ALICE, data, values)
    telling = TELLINGS[kind](PURCHASE, entry)
    assert telling is not None
    return telling.what, telling.why


def test_a_purchase_that_arrived_says_what_was_checked() -> None:
    what, why = told("run.started", {"source": "webhook:purchase-requests", "version": 3})
    assert what == "A purchase arrived: Docking stations from Brightline IT for 4,800"
    assert why.startswith("The webhook's signature, its age and every field were checked first.")


def test_a_run_started_by_hand_claims_no_signature() -> None:
    assert told("run.started", {"source": "manual", "version": 3})[1] == "It stays on version 3 of its workflow."


def test_a_failure_that_changed_nothing_says_when_it_is_tried_again() -> None:
    error = {"error": {"message": "127.0.0.1 answered 503: busy."}}
    data = {"path": "order", "class": "transient", "wait": 2.1}
    assert told("attempt.failed", data, error) == (
        "127.0.0.1 answered 503: busy",
        "Nothing happened there, so it is tried again in 2 s.",
    )


def test_a_failure_that_may_have_taken_effect_says_that_it_is_looked_up() -> None:
    _, why = told("attempt.failed", {"path": "order", "class": "ambiguous", "wait": 1.0}, {"error": {"message": "x"}})
    assert why == "It may have happened all the same: in 1 s that is looked up first."


def test_a_decision_says_that_nothing_has_happened_yet() -> None:
    decision = {"outcome": "approve", "by": {"id": "1", "label": "Alice Moreau"}}
    what, why = told("review.decided", {"review": {"decision": decision}})
    assert what == "Alice Moreau decided: approve"
    assert why.startswith("Nothing has happened yet")


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ({"kind": "backup_of", "of": "queue"}, "Bob Tanaka, the backup, was asked as well"),
        ({"kind": "manager_of", "of": "assignee"}, "Bob Tanaka, the manager, was asked as well"),
        ({"kind": "owner", "of": "workflow"}, "Bob Tanaka, the process owner, was asked as well"),
    ],
)
def test_an_escalation_says_who_was_asked_and_as_what(to: dict[str, str], said: str) -> None:
    assert told("review.escalated", {"level": 0, "to": to, "people": [{"id": "2", "label": "Bob Tanaka"}]})[0] == said


def test_the_ai_says_how_often_people_agreed() -> None:
    telling = told_result("assess", {"outcome": "reject", "agreed": 41, "sample": 44, "reasons": ["Above the budget."]})
    assert telling is not None
    assert telling.what == "The AI says: reject; people agreed 41 of the last 44 times"
    assert telling.why == "Above the budget."


def test_an_abstention_is_no_recommendation_and_shows_no_number() -> None:
    telling = told_result("assess", {"outcome": None, "agreed": None, "sample": None, "reasons": []})
    assert telling is not None
    assert telling.what == "The AI has no recommendation"


def test_steps_that_mean_nothing_to_a_visitor_are_left_out() -> None:
    assert told_result("gather", {}) is None
    assert told_result("some-step-of-a-new-version", {"x": 1}) is None

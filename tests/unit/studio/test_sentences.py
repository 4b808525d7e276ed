"""The audit events of a run in plain words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.sentences import sentence

NAMES = Names(
    titles={"gather": "gather", "gather/budget/budget": "budget", "assess": "assess", "approval": "approval"},
    kinds={"gather": "parallel", "gather/budget/budget": "tool", "assess": "ai", "approval": "review", "way": "switch"},
    outcomes={("approval", "approve"): "Approve", ("approval", "reject"): "Reject"},
    branches={("way", "0"): "outcome is approve"},
)
BUDGET = {"path": "gather/budget/budget"}
APPROVAL = {"path": "approval", "key": "approval"}
DECISION = {"outcome": "reject", "by": {"id": "7", "label": "Alice Moreau"}, "received_at": "2026-03-02T10:00:00+00:00"}


def fact(kind: str, data: dict[str, Any], values: dict[str, Any] | None = None, who: str = "ReviewHub") -> Fact:
    return Fact(1, kind, datetime(2026, 3, 2, 10, tzinfo=UTC), who, data, values)


SAID = [
    (
        "run.started",
        {"source": "webhook:purchases", "version": 3},
        None,
        "The run started by a signed webhook at purchases, on version 3",
    ),
    ("run.ended", {"status": "succeeded", "outcome": "rejected", "reason": "x"}, None, "The run ended: rejected"),
    (
        "run.ended",
        {"status": "failed", "reason": "A step failed."},
        {"error": {"message": "No budget."}},
        "The run failed: No budget",
    ),
    ("step.skipped", BUDGET, None, "Budget was left out: its condition was not met"),
    ("step.succeeded", BUDGET, {"result": {"remaining": 3}}, "Budget is done"),
    (
        "step.succeeded",
        {"path": "assess"},
        {"result": {"outcome": "approve", "confidence": 0.714}},
        "The AI answered assess: approve, 71 % sure",
    ),
    ("step.succeeded", {"path": "assess"}, {"result": {"outcome": None}}, "The AI gave no answer to assess"),
    ("step.succeeded", {"path": "way"}, {"result": {"case": "0"}}, "Way went this way: outcome is approve"),
    ("step.succeeded", {"path": "way"}, {"result": {"case": None}}, "None of the ways of way applied"),
    (
        "attempt.failed",
        {**BUDGET, "number": 1, "class": "transient", "code": "503", "then": "retrying", "wait": 2.4},
        {"error": {"message": "The ERP is busy."}},
        "Attempt 1 of budget failed: The ERP is busy (may work later); it is tried again in 2.4 s",
    ),
    ("attempt.lost", {**BUDGET, "number": 2}, None, "The worker doing budget was lost"),
    (
        "incident.opened",
        {**BUDGET, "key": "gather/budget/budget!1"},
        {"error": {"message": "Gone."}},
        "Budget could not be done and was put before a person: Gone",
    ),
    (
        "incident.resolved",
        {**BUDGET, "action": "retry", "by": {"label": "Oscar"}},
        None,
        "Oscar chose for budget: Retry",
    ),
    ("review.opened", APPROVAL, {"title": "Northwind: 18400"}, "Waiting for a decision: Northwind: 18400"),
    ("review.opened", APPROVAL, None, "Waiting for a decision on approval"),
    ("review.decided", {**APPROVAL, "review": {"decision": DECISION}}, None, "Alice Moreau decided approval: Reject"),
    (
        "review.taken_back",
        {**APPROVAL, "by": {"label": "Alice Moreau"}},
        None,
        "Alice Moreau took the decision on approval back",
    ),
    ("review.warned", {**APPROVAL, "stage": "half"}, None, "Half of the time for approval is gone"),
    (
        "review.escalated",
        {**APPROVAL, "level": 0, "to": {"kind": "backup_of", "of": "queue"}, "people": [{"id": "2", "label": "Bob"}]},
        None,
        "Approval was escalated, level 1: Bob, the backup of the queue",
    ),
    (
        "review.escalated",
        {**APPROVAL, "level": 1, "to": {"kind": "manager_of", "of": "assignee"}, "people": []},
        None,
        "Approval was escalated, level 2: nobody, since the manager of whoever has it is missing or may not decide",
    ),
    ("review.unanswered", {**APPROVAL, "outcome": "reject"}, None, "Nobody answered approval in time: Reject"),
    (
        "timer.armed",
        {"timers": [["approval:breach", "process", "x", 1], ["approval:level.0", "process", "x", 1]]},
        None,
        "Clocks set: the due time of approval, escalation level 1 of approval",
    ),
    (
        "timer.lost",
        {"name": "approval:unanswered"},
        None,
        "It was time for the end of waiting for approval, but something else had come first",
    ),
    ("desk.claimed", APPROVAL, None, "ReviewHub took it on"),
    (
        "desk.refused",
        {**APPROVAL, "outcome": "reject", "because": "TaskTaken"},
        None,
        "ReviewHub chose Reject for approval, which was refused: somebody else had it",
    ),
    (
        "desk.decided",
        {
            **APPROVAL,
            "channel": "web",
            "reasons": ["policy"],
            "reason_labels": ["Policy"],
            "corrected": ["cost_center"],
        },
        None,
        "ReviewHub gave a reason for deciding approval so: Policy; ReviewHub corrected cost center",
    ),
    (
        "desk.decided",
        {**APPROVAL, "channel": "api", "reasons": [], "corrected": []},
        None,
        "ReviewHub decided over the API",
    ),
    ("timer.fired", {"name": ":limit"}, None, "It was time: the run's limit"),
    ("desk.sealed", {}, None, "Desk sealed, by ReviewHub"),
]


@pytest.mark.parametrize(("kind", "data", "values", "text"), SAID)
def test_each_fact_has_its_sentence(kind: str, data: dict[str, Any], values: dict[str, Any] | None, text: str) -> None:
    assert sentence(NAMES, fact(kind, data, values)).text == text


def test_a_cancelled_run_names_who_cancelled_it_and_why() -> None:
    ended = fact("run.ended", {"status": "cancelled", "outcome": "cancelled", "reason": "Ordered twice."}, who="Oscar")
    assert sentence(NAMES, ended).text == "Oscar cancelled the run: Ordered twice"


def test_bookkeeping_is_minor_and_what_people_do_is_not() -> None:
    assert sentence(NAMES, fact("timer.armed", {"timers": []})).minor
    assert sentence(NAMES, fact("step.succeeded", {"path": "approval"})).minor
    assert not sentence(NAMES, fact("step.succeeded", BUDGET)).minor
    assert not sentence(NAMES, fact("review.decided", {**APPROVAL, "review": {"decision": DECISION}})).minor


def test_erased_values_leave_a_whole_sentence() -> None:
    assert (
        sentence(NAMES, fact("incident.opened", BUDGET)).text == "Budget could not be done and was put before a person"
    )


def test_a_missed_due_time_says_what_was_open_and_the_runs_own_clocks_are_its() -> None:
    cause = [{"path": "budget", "kind": "tool", "status": "incident"}]
    said = sentence(NAMES, fact("deadline.breached", {"due_at": "", "cause": cause})).text
    assert said == "The run missed its due time: budget needed a person"
    assert NAMES.timer(":sla.breach") == "the due time of the run"
    assert NAMES.timer(":sla.half") == "half of the time that the run has"

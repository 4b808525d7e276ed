"""A workflow drawn as nested blocks, with and without a run laid over it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from orchestration.api import compile_definition
from reviewhub.studio.drawing import drawn_definition, drawn_run, names_of
from tests.unit.studio.canonical import PURCHASE

DEFINITION = compile_definition(PURCHASE)
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def row(path: str, kind: str, status: str, **more: Any) -> SimpleNamespace:
    ended = BEGAN + timedelta(seconds=90) if status == "succeeded" else None
    return SimpleNamespace(
        **{"path": path, "kind": kind, "status": status, "scope": None, "review": None, "started_at": BEGAN}
        | {"ended_at": ended, "step_id": path.rpartition("/")[2]}
        | more
    )


def test_the_first_block_says_how_a_run_begins() -> None:
    trigger = drawn_definition(DEFINITION)[0]
    assert (trigger.title, trigger.detail) == ("Webhook, API or by hand", "Signed events at /hooks/purchases/")
    assert [chip.text for chip in trigger.more] == ["One open run for each key"]


def test_parallel_branches_are_joined_and_named() -> None:
    gather = drawn_definition(DEFINITION)[1]
    assert gather.joined
    assert [branch.label for branch in gather.branches] == ["budget", "supplier"]
    assert [block.icon for branch in gather.branches for block in branch.blocks] == ["tool", "mail"]


def test_a_review_shows_its_clock_queue_concern_and_escalation() -> None:
    approval = drawn_definition(DEFINITION)[2]
    assert approval.detail == "A person decides: approve or reject"
    assert [chip.text for chip in approval.more] == [
        "Due in 8 h, office hours",
        "Finance",
        "Not the requester",
        "A lot of money",
    ]
    assert [(level.after, level.to) for level in approval.chain] == [("1 d", "backup"), ("2 d", "owner, if critical")]
    assert approval.last == "10 d: reject"


def test_the_ways_of_a_switch_are_said_in_words() -> None:
    outcome = drawn_definition(DEFINITION)[3]
    assert [branch.label for branch in outcome.branches] == ["approval is approve", "otherwise"]
    assert outcome.branches[1].blocks[0].is_stop
    assert outcome.branches[1].blocks[0].title == "End: rejected"


def test_a_tool_says_how_often_it_is_tried_and_that_it_asks() -> None:
    order = drawn_definition(DEFINITION)[3].branches[0].blocks[0]
    assert [chip.text for chip in order.more] == ["Up to 5 attempts", "Asks if unsure"]


def test_a_drawing_without_a_run_has_no_state_and_leads_nowhere() -> None:
    blocks = drawn_definition(DEFINITION)
    assert all(block.state is None and block.reached == "" and block.href == "" for block in blocks)


def test_a_run_shows_what_is_done_what_waits_and_what_has_not_come_yet() -> None:
    steps = {
        "gather": row("gather", "parallel", "succeeded"),
        "gather/budget/budget": row("gather/budget/budget", "tool", "succeeded"),
        "gather/supplier/history": row("gather/supplier/history", "tool", "skipped"),
        "approval": row("approval", "review", "waiting", review={"status": "open"}),
    }
    gather, approval, outcome = drawn_run(DEFINITION, steps, "approval", ended=False)
    budget, history = (branch.blocks[0] for branch in gather.branches)
    assert budget.state is not None
    assert budget.state.text == "1 min 30 s"
    assert history.state is not None
    assert history.state.text == "Left out"
    assert history.reached == "no"
    assert approval.state is not None
    assert approval.state.text == "Waits for a person"
    assert approval.current
    assert approval.href == "?step=approval"
    assert outcome.reached == "no"
    assert outcome.href == ""


def test_the_way_that_was_not_taken_is_marked() -> None:
    steps = {
        "outcome": row("outcome", "switch", "waiting", scope={"taken": "0"}),
        "outcome/0/order": row("outcome/0/order", "tool", "incident"),
    }
    outcome = drawn_run(DEFINITION, steps, "", ended=False)[2]
    assert [branch.reached for branch in outcome.branches] == ["yes", "no"]
    order = outcome.branches[0].blocks[0]
    assert order.state is not None
    assert (order.state.text, order.state.tone) == ("Needs a person", "breached")


def test_a_decision_that_can_be_taken_back_says_so() -> None:
    steps = {"approval": row("approval", "review", "waiting", review={"status": "decided"})}
    approval = drawn_run(DEFINITION, steps, "", ended=False)[1]
    assert approval.state is not None
    assert approval.state.text == "Decided, can be taken back"


@pytest.mark.parametrize(
    ("undo", "said"),
    [
        ("registered", "1 min 30 s"),  # it is not undone yet, and perhaps never will be
        ("running", "Being undone"),
        ("waiting", "Being undone"),
        ("incident", "Undoing it needs a person"),
        ("succeeded", "Undone"),
        ("failed", "Could not be undone"),
    ],
)
def test_a_step_that_is_undone_is_not_drawn_as_done(undo: str, said: str) -> None:
    path = "outcome/0/order"
    steps = {
        "outcome": row("outcome", "switch", "succeeded", scope={"taken": "0"}),
        path: row(path, "tool", "succeeded"),
        f"{path}~undo": row(f"{path}~undo", "undo", undo),
    }
    order = drawn_run(DEFINITION, steps, "", ended=True)[2].branches[0].blocks[0]
    assert order.state is not None
    assert order.state.text == said


def test_names_know_steps_outcomes_and_ways_by_their_path() -> None:
    names = names_of(DEFINITION)
    assert names.step("gather/budget/budget") == "budget"
    assert names.outcome("approval", "approve") == "Approve"
    assert names.branches["outcome", "0"] == "approval is approve"

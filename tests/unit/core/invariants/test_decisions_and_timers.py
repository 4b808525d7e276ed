"""A decision that was received before a timer was due wins over it (invariant 9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.decide import decide
from orchestration.core.deciding import World
from orchestration.core.events import (
    AttemptSucceeded,
    DecisionTakenBack,
    Now,
    TimerFired,
)
from orchestration.core.language.definition import compile_definition
from orchestration.exceptions import LeaseLost
from tests.unit.core.runs import ALICE, Player


@pytest.fixture
def waiting() -> Player:
    """A run that waits for a review with a level after 1 h and an end by itself after 2 h."""
    return _waiting()


def _waiting() -> Player:
    level = {"after": 3_600, "to": {"kind": "backup_of", "of": "queue"}, "mode": "add", "business": False}
    review = {
        "id": "approval",
        "kind": "review",
        "title": "T",
        "outcomes": [{"id": name, "label": name, "risk": "low", "reason": "never"} for name in ("approve", "reject")],
        "assign": {"queue": "finance", "approvals": 1},
        "sla": {"due": 1_800},
        "escalate": [level],
        "unanswered": {"after": 7_200, "outcome": "reject"},
    }
    canonical = {"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": [review]}
    player = Player(compile_definition(canonical))
    player.starts()
    return player


@given(st.integers(0, 7_200), st.integers(0, 20_000))
def test_a_decision_received_before_the_end_wins_whenever_it_is_processed(received: int, late: int) -> None:
    player = _waiting()
    start = player.now
    player.passes(seconds=received)
    player.fires_what_is_due() if received < 7_200 else None
    player.passes(seconds=late)
    player.decides("approval", "approve", received_at=start + timedelta(seconds=received))
    player.fires_what_is_due()
    result = player.state.steps["approval"].result
    assert (result["outcome"], result["by"]) == ("approve", "Alice")


@given(st.integers(7_201, 40_000))
def test_a_decision_received_after_the_end_loses_whichever_is_processed_first(received: int) -> None:
    for timer_first in (True, False):
        player = _waiting()
        player.passes(seconds=received)
        if timer_first:
            player.fires_what_is_due()
        assert player.decides("approval", "approve") is None
        player.fires_what_is_due()
        assert player.state.steps["approval"].result["outcome"] == "reject"


def test_the_timer_that_lost_leaves_an_audit_event(waiting: Player) -> None:
    timer = waiting.state.timers["approval:unanswered"]
    waiting.decides("approval", "approve")
    waiting.passes(hours=3)
    waiting.happens(TimerFired(timer.name, timer.generation))
    assert waiting.changes[-1].kind == "timer.lost"


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_taking_the_decision_back_arms_the_timers_again_at_their_old_instants(waits: list[int]) -> None:
    player = _waiting()
    before = {timer.name: timer.due_at for timer in player.state.armed()}
    for wait in waits:
        player.decides("approval", "approve", undo=True)
        assert [timer.name for timer in player.state.armed()] == ["approval:undo"]
        player.passes(seconds=wait)
        player.happens(DecisionTakenBack("approval", ALICE))
    assert {timer.name: timer.due_at for timer in player.state.armed()} == before


def test_nothing_but_the_holder_of_the_lease_is_heard(waiting: Player) -> None:
    with pytest.raises(LeaseLost):
        decide(
            waiting.state,
            AttemptSucceeded("approval", 0, {}),
            Now(waiting.now, waiting.now),
            World(waiting.definition, 1),
        )

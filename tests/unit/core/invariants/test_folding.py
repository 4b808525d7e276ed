"""The audit events are the state (invariant 5), and deciding depends on nothing else."""

from __future__ import annotations

import copy
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.core.changes import fold
from orchestration.core.decide import Decided
from orchestration.core.events import (
    Event,
)
from orchestration.core.state import RunState
from tests.unit.core.invariants.schedules import any_schedule, played
from tests.unit.core.runs import REFUSALS, Player


@any_schedule
@given(st.integers(0, 2**32))
def test_folding_the_audit_events_gives_the_state(seed: int) -> None:
    for before, _, decided, player in played(seed):
        assert player.folded == player.state
        if decided is not None:
            assert fold(before, decided.changes) == decided.state


@any_schedule
@given(st.integers(0, 2**32))
@example(1_844_959_384)  # an event is taken, and people are asked, by one and the same event
def test_deciding_is_a_function_of_what_it_is_given(seed: int) -> None:
    """The same state, event and time give the same answer, and nothing that was given is changed."""
    for before, event, decided, player in played(seed):
        kept = copy.deepcopy(before)
        assert _decided_again(before, event, player) == decided
        assert before == kept


def _decided_again(state: RunState, event: Event, player: Player) -> Decided | None:
    try:
        return replace(player, state=state, arrived=player.offered, kept=player.kept_before).decided(event)
    except REFUSALS:
        return None

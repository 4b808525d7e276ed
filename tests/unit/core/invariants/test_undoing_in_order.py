"""Undoing runs in reverse, once it is known what took effect (invariant 10)."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.core.state import RunState
from tests.unit.core.invariants.schedules import any_schedule, played
from tests.unit.core.runs import Player


@any_schedule
@given(st.integers(0, 2**32))
def test_undoing_runs_in_reverse_order_of_completion(seed: int) -> None:
    """Across branches and iterations, one after another, each once, and before the run has ended."""
    player = None
    for _, _, _, player in played(seed):  # noqa: B007 - the last one counts
        pass
    assert player is not None
    done = [change.data["path"] for change in player.changes if change.kind == "undo.registered"]
    undone = [change.data["path"] for change in player.changes if change.kind == "undo.started"]
    over = [path for path in reversed(done) if player.state.steps[path].status != "registered"]
    started = list(dict.fromkeys(undone))
    assert started == [path for path in over if path in started]
    assert over == list(reversed(done))[: len(over)]
    if player.state.status in ("failed", "cancelled"):
        assert len(over) == len(done)


@any_schedule
@given(st.integers(0, 2**32))
@example(17_398)  # the call fails for good, is caught, and what catches it ends the run: all with one event
def test_what_may_have_taken_effect_is_known_before_the_run_ends(seed: int) -> None:
    """No step with an undo is dropped while its call may be taking effect. What is caught has failed for certain."""
    for before, _, _, player in played(seed):
        for path, step in before.steps.items():
            after = player.state.steps[path]
            dropped = step.is_open and after.status == "cancelled" and not (after.scope or {}).get("handling")
            if dropped and player.state.status != "succeeded" and _ends_here(before, player):
                undo = player.definition.at(path).undo if step.kind == "tool" else None
                assert undo is None or (step.status != "running" and not (step.scope or {}).get("unsure"))


def _ends_here(before: RunState, player: Player) -> bool:
    return before.status == "running" and player.state.status in ("ending", "failed", "cancelled")

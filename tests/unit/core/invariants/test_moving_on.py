"""An open run has what moves it on, and one that has ended leaves nothing open (invariant 4)."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from orchestration.core import paths
from orchestration.core.decide import RUN_LIMIT
from orchestration.core.effects import CallStep, CloseReview, OpenReview, StartChild, UndoChild, WithdrawReview
from orchestration.core.events import (
    AttemptLeased,
    AttemptSucceeded,
    ChildEnded,
    EventArrived,
)
from orchestration.core.state import OPEN_RUN, is_stuck
from tests.unit.core.invariants.schedules import any_schedule, played
from tests.unit.core.runs import ALICE, BOB, CAROL, Author, Player

WAITS = {"retrying": "retry", "limited": "admission"}  # the timer that moves a step on
ASKING = ("waiting", "incident")


@any_schedule
@given(st.integers(0, 2**32))
def test_an_open_run_has_something_that_moves_it_on(seed: int) -> None:
    for _, _, _, player in played(seed):
        state = player.state
        if state.status not in OPEN_RUN or state.paused_at is not None:
            continue
        open_steps = [step for step in state.steps.values() if step.is_open]
        called = any(step.status in ("ready", "running") for step in open_steps)
        asked = any(step.review is not None and step.review["status"] in ("open", "decided") for step in open_steps)
        retried = any(
            timer.name == f"{step.path}:{WAITS[step.status]}"
            for step in open_steps
            for timer in state.armed()
            if step.status in WAITS
        )
        waiting = any(step.kind in ("wait", "workflow", "undo") and step.status == "waiting" for step in open_steps)
        assert called or asked or retried or waiting
        assert not is_stuck(state)


@any_schedule
@given(st.integers(0, 2**32))
def test_each_open_step_has_what_moves_it_on(seed: int) -> None:
    """Sharper than the run as a whole: no branch is left behind while others go on."""
    for _, _, _, player in played(seed):
        state = player.state
        armed = {timer.name for timer in state.timers.values() if timer.status in ("armed", "held")}
        for path, step in state.steps.items():
            if not step.is_open or step.status in ("ready", "running"):
                continue
            if step.status in WAITS:
                assert f"{path}:{WAITS[step.status]}" in armed
            elif step.review is not None and step.review["status"] in ("open", "decided"):
                assert step.review["status"] == "open" or f"{step.review['key']}:undo" in armed
            elif step.kind == "workflow":
                effects = [effect for made in player.made for effect in made.effects]
                assert StartChild(path, step.attempts) in effects
            elif step.kind == "undo":
                effects = [effect for made in player.made for effect in made.effects]
                assert UndoChild(path.removesuffix("~undo"), "r2") in effects
            elif step.kind == "wait":
                assert step.input is not None or f"{path}:over" in armed
            else:
                inside = (other for other in state.steps if state.steps[other].is_open)
                kept = (held for held in state.held if held == path or held.startswith(f"{path}#"))
                assert any(paths.stands_in(other, path) for other in (*inside, *state.held)) or any(kept)


@any_schedule
@given(st.integers(0, 2**32))
def test_a_run_that_has_ended_leaves_nothing_open(seed: int) -> None:
    for _, _, _, player in played(seed):
        state = player.state
        if state.status in OPEN_RUN:
            continue
        assert state.ended_at is not None
        assert not state.armed()
        for step in state.steps.values():
            assert not step.is_open
            assert step.review is None or step.review["status"] not in ("open", "decided")


@any_schedule
@given(st.integers(0, 2**32))
def test_every_ready_step_was_handed_to_a_worker(seed: int) -> None:
    for before, _, decided, player in played(seed):
        if decided is None:
            continue
        called = {effect.path for effect in decided.effects if isinstance(effect, CallStep)}
        for path, step in player.state.steps.items():
            was = before.steps.get(path)
            if step.status == "ready" and (was is None or was.status != "ready"):
                assert path in called


@any_schedule
@given(st.integers(0, 2**32))
def test_the_desk_hears_of_every_review_that_opens_and_of_every_end_of_one(seed: int) -> None:
    player = None
    for _, _, _, player in played(seed):  # noqa: B007 - the last one counts
        pass
    assert player is not None
    effects = [effect for decided in player.made for effect in decided.effects]
    opened = Counter(effect.request.key for effect in effects if isinstance(effect, OpenReview))
    ended = Counter(effect.key for effect in effects if isinstance(effect, (CloseReview, WithdrawReview)))
    still_open = Counter(
        step.review["key"]
        for step in player.state.steps.values()
        if step.review is not None and step.review["status"] in ("open", "decided")
    )
    assert opened == ended + still_open
    assert all(count == 1 for count in opened.values())


@any_schedule
@given(st.integers(0, 2**32))
def test_the_limit_of_a_run_stays_armed_until_it_ends(seed: int) -> None:
    for _, _, _, player in played(seed):
        if player.state.status == "running" and "duration" in player.definition.limits:
            expected = "armed" if player.state.paused_at is None else "held"
            assert player.state.timers[RUN_LIMIT].status == expected


@any_schedule
@given(st.integers(0, 2**32))
def test_a_run_whose_calls_succeed_and_whose_reviews_are_decided_ends(seed: int) -> None:
    chance = Random(seed)
    player = Player(Author(chance).writes())
    player.starts()
    for _ in range(1_000):
        if player.state.status not in OPEN_RUN:
            break
        _move_on(player, chance)
    assert player.state.status in ("succeeded", "failed")


def _move_on(player: Player, chance: Random) -> None:
    """One thing that the state asks for: a call that succeeds, or a decision."""
    step = chance.choice([step for step in player.state.steps.values() if step.status in ("ready", "running", *ASKING)])
    if step.status == "ready":
        player.happens(AttemptLeased(step.path, "worker"))
    elif step.status == "running":
        player.happens(AttemptSucceeded(step.path, step.attempts, {"ok": True}))
    elif step.review is not None:
        outcome = "fail" if step.review["kind"] == "incident" else "approve"
        player.decides(step.review["key"], outcome, by=chance.choice([ALICE, BOB, CAROL]))
    elif step.kind == "workflow":
        player.happens(ChildEnded(step.path, step.attempts, "r2", "succeeded", "done", {}, None, 0.0))
    elif step.kind == "wait":
        player.passes(hours=3)
        player.fires_what_is_due()
        _tells(player, step.path)


def _tells(player: Player, path: str) -> None:
    """Sends what the step waits for, where it still waits for an event."""
    step = player.state.steps[path]
    if step.status == "waiting" and step.input is not None:
        player.happens(EventArrived(path, "e", step.input["key"], str(len(player.changes)), {}, player.now))

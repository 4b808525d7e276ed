"""The invariants of the engine's core, in their words, over any workflow and any schedule of events."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.core import paths
from orchestration.core.changes import fold
from orchestration.core.decide import RUN_LIMIT, Decided, decide
from orchestration.core.deciding import World
from orchestration.core.effects import CallStep, CloseReview, OpenReview, StartChild, UndoChild, WithdrawReview
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptSucceeded,
    ChildEnded,
    DecisionTakenBack,
    Event,
    EventArrived,
    Now,
    TimerFired,
)
from orchestration.core.language.definition import compile_definition
from orchestration.core.large import LARGE
from orchestration.core.state import OPEN_RUN, RunState, is_stuck
from orchestration.exceptions import LeaseLost
from tests.unit.core.runs import ALICE, BOB, CAROL, FINISHED, REFUSALS, Author, Player, Surroundings

WAITS = {"retrying": "retry", "limited": "admission"}  # the timer that moves a step on
any_schedule = settings()  # of the profile: `--hypothesis-profile=long` tries many more
ASKING = ("waiting", "incident")
Step = tuple[RunState, Event, Decided | None, Player]


def played(seed: int) -> Iterator[Step]:
    """Any workflow under any schedule: every event with the state before it and what was decided (None: refused)."""
    chance = Random(seed)
    definition = Author(chance).writes()
    # Where values of a few bytes are large already, nothing else is different.
    player, surroundings = Player(definition, large=chance.choice([LARGE, 30])), Surroundings(chance)
    player.starts()
    for _ in range(60):
        player.passes(seconds=chance.choice([0, 0, 1, 9, 120, 1_900]))
        before, event = player.state, surroundings.does(player)
        yield before, event, player.happens(event), player
        if player.state.status not in OPEN_RUN and chance.random() < 0.2:
            break


@any_schedule
@given(st.integers(0, 2**32))
def test_a_finished_step_run_never_changes_again(seed: int) -> None:
    for before, _, _, player in played(seed):
        for path, step in before.steps.items():
            if step.status in FINISHED:
                assert player.state.steps[path] == step


@any_schedule
@given(st.integers(0, 2**32))
def test_only_the_running_attempt_completes_a_step(seed: int) -> None:
    for before, event, decided, _ in played(seed):
        if not isinstance(event, (AttemptSucceeded, AttemptFailed, AttemptLost)):
            continue
        step = before.steps.get(event.path)
        is_current = step is not None and step.status == "running" and step.attempts == event.number
        assert (decided is not None) == is_current


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
def test_folding_the_audit_events_gives_the_state(seed: int) -> None:
    for before, _, decided, player in played(seed):
        assert player.folded == player.state
        if decided is not None:
            assert fold(before, decided.changes) == decided.state


@any_schedule
@given(st.integers(0, 2**32))
def test_transitions_happen_exactly_once(seed: int) -> None:
    player = None
    for _, _, _, player in played(seed):  # noqa: B007 - the last one counts
        pass
    assert player is not None
    ends = Counter(
        change.data["path"]
        for change in player.changes
        if change.kind in ("step.succeeded", "step.failed", "step.cancelled", "step.skipped")
    )
    assert all(count == 1 for count in ends.values())
    assert sum(change.kind == "run.ended" for change in player.changes) == (player.state.status not in OPEN_RUN)
    numbers = Counter(
        (change.data["path"], change.data["number"]) for change in player.changes if change.kind == "attempt.started"
    )
    assert all(count == 1 for count in numbers.values())


@any_schedule
@given(st.integers(0, 2**32))
def test_an_ambiguous_outcome_is_never_retried_blindly(seed: int) -> None:
    for _, event, decided, player in played(seed):
        if decided is None or not isinstance(event, (AttemptFailed, AttemptLost)):
            continue
        ambiguous = isinstance(event, AttemptLost) or event.error["class"] == "ambiguous"
        step = player.state.steps[event.path]
        if ambiguous and event.ambiguous == "ask":
            assert step.status in ("incident", "cancelled")
        if ambiguous and event.ambiguous == "reconcile" and step.status == "retrying":
            assert (step.scope or {})["reconcile"] is True


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
def test_a_stale_timer_does_nothing(seed: int) -> None:
    for before, event, decided, player in played(seed):
        if not isinstance(event, TimerFired):
            continue
        timer = before.timers.get(event.name)
        live = timer is not None and timer.status == "armed" and timer.generation == event.generation
        if not live or (timer is not None and timer.due_at > player.now):
            assert decided is not None
            assert all(change.kind == "timer.lost" for change in decided.changes)
            assert decided.effects == ()


@any_schedule
@given(st.integers(0, 2**32))
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


# ---- undoing (invariant 10) ----------------------------------------------------------------------


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


# ---- the decision and the timer (invariant 9) ----------------------------------------------------


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

"""A run that goes on where another stood: what is taken over, what is done again, and what comes after a step."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.core import paths
from orchestration.core.effects import CallStep, OpenReview
from orchestration.core.events import (
    AttemptFailed,
    AttemptLeased,
    AttemptSucceeded,
    CancelRequested,
    Origin,
    Started,
    UndoRequested,
    UndosTaken,
)
from orchestration.core.forking import DECIDED_ANEW, known_at, known_before
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import Definition, compile_definition
from orchestration.core.state import RunState, StepState
from orchestration.exceptions import InvalidTransition
from tests.unit.core.runs import Author, Player, Surroundings

TEXT = """\
workflow: order
input: {type: object}
steps:
  - id: gather
    parallel:
      branches:
        stock: [{id: stock, tool: erp.stock@1}, {id: reserve, tool: erp.reserve@1}]
        price: [{id: price, tool: erp.price@1}]
  - id: approval
    review:
      outcomes: [approve, reject]
      assign: {queue: finance}
  - {id: order, tool: erp.order@1, retry: {attempts: 1}}
"""


@pytest.fixture
def definition() -> Definition:
    canonical = check_text(TEXT, Catalogue()).canonical
    assert canonical is not None
    return compile_definition(canonical)


@pytest.fixture
def run(definition: Definition) -> Player:
    player = Player(definition)
    player.starts()
    return player


def done(run: Player, *paths: str) -> None:
    for path in paths:
        run.happens(AttemptLeased(path, "worker"))
        run.happens(AttemptSucceeded(path, run.state.steps[path].attempts, {"of": path}))


def going_on(old: Player, state: RunState | None = None, path: str = "") -> Player:
    """The new run, as it stands once it has begun."""
    before = state or old.state
    known = known_before(before, old.definition, path) if path else known_at(before, old.state)
    origin = Origin("r1", "retry" if path else "fork", before.sequence, path)
    player = Player(old.definition)
    player.happens(Started(dict(old.state.input), origin.how, "K-1", origin, known))
    return player


def statuses(run: Player) -> dict[str, str]:
    return {path: step.status for path, step in run.state.steps.items()}


def test_what_had_ended_is_taken_over_and_what_was_open_is_entered_anew(run: Player) -> None:
    done(run, "gather/stock/stock")
    new = going_on(run)
    assert statuses(new) == {
        "gather": "waiting",
        "gather/stock/stock": "succeeded",
        "gather/stock/reserve": "ready",
        "gather/price/price": "ready",
    }
    assert new.state.steps["gather/stock/stock"].result == {"of": "gather/stock/stock"}
    called = {effect.path for made in new.made for effect in made.effects if isinstance(effect, CallStep)}
    assert called == {"gather/stock/reserve", "gather/price/price"}
    assert new.folded == new.state


def test_an_open_review_is_asked_anew(run: Player) -> None:
    done(run, "gather/stock/stock", "gather/price/price", "gather/stock/reserve")
    new = going_on(run)
    assert [type(effect) for effect in new.made[0].effects] == [OpenReview]


def test_a_retry_keeps_the_branches_beside_the_step_and_does_again_what_comes_after(run: Player) -> None:
    done(run, "gather/stock/stock", "gather/stock/reserve", "gather/price/price")
    run.decides("approval", "approve")
    run.happens(AttemptLeased("order", "worker"))
    run.happens(AttemptFailed("order", 1, {"class": "permanent", "code": "c", "message": "No."}, "ask", 0.5))
    run.decides("order!1", "fail")
    again = going_on(run, path="order")
    assert statuses(again)["approval"] == "succeeded"
    assert statuses(again)["order"] == "ready"
    from_stock = going_on(run, path="gather/stock/stock")
    assert statuses(from_stock) == {
        "gather": "waiting",
        "gather/stock/stock": "ready",
        "gather/price/price": "succeeded",
    }


def test_what_ended_is_not_forked_and_what_is_open_is_not_retried(run: Player) -> None:
    with pytest.raises(InvalidTransition, match="still open"):
        known_before(run.state, run.definition, "gather")
    done(run, "gather/stock/stock", "gather/stock/reserve", "gather/price/price")
    run.decides("approval", "approve")
    done(run, "order")
    with pytest.raises(InvalidTransition, match="had ended"):
        known_at(run.state, run.state)
    with pytest.raises(InvalidTransition, match="never came"):
        known_before(run.state, run.definition, "nowhere")


UNDONE = """\
workflow: trip
input: {type: object}
steps:
  - id: book
    parallel:
      branches:
        first: [{id: hotel, tool: book@1, undo: {tool: cancel@1}}]
        second: [{id: train, tool: book@1, undo: {tool: cancel@1}}]
  - {id: approval, review: {outcomes: [approve], assign: {queue: finance}}}
  - {id: pay, tool: pay@1, retry: {attempts: 1}}
"""


@pytest.fixture
def trip() -> Player:
    """A run that has booked the train first and waits for its approval."""
    canonical = check_text(UNDONE, Catalogue()).canonical
    assert canonical is not None
    player = Player(compile_definition(canonical))
    player.starts()
    done(player, "book/second/train", "book/first/hotel")
    return player


def undone(run: Player) -> list[str]:
    made = []
    while ready := [path for path, step in run.state.steps.items() if step.status == "ready"]:
        made += ready
        done(run, *ready)
    return made


def test_a_run_that_goes_on_from_an_ended_one_can_undo_what_it_takes_over_in_its_order(trip: Player) -> None:
    before = trip.state
    trip.decides("approval", "approve")
    done(trip, "pay")
    new = going_on(trip, before)
    trip.happens(UndosTaken(("book/second/train~undo", "book/first/hotel~undo"), "r2"))
    assert trip.happens(UndoRequested("Nothing is left to be undone here")) is None
    assert trip.folded == trip.state
    new.happens(CancelRequested("Not needed"))
    assert undone(new) == ["book/first/hotel~undo", "book/second/train~undo"]
    assert (new.state.status, new.folded) == ("cancelled", new.state)
    third = going_on(trip, before)
    assert statuses(third)["approval"] == "waiting"  # both are still booked, as far as it is told
    assert "book/first/hotel~undo" not in third.state.steps
    gone = known_at(before, trip.state, {"book/first/hotel~undo"})
    assert "book/first/hotel" not in gone


def test_what_an_open_run_did_stays_its_own(trip: Player) -> None:
    new = going_on(trip)
    new.happens(CancelRequested("Not needed"))
    assert (new.state.status, undone(new)) == ("cancelled", [])
    assert trip.happens(UndosTaken(("book/first/hotel~undo",), "r2")) is None


def test_what_was_undone_since_is_done_again(trip: Player) -> None:
    before = trip.state
    trip.happens(CancelRequested("Not needed"))
    assert undone(trip) == ["book/first/hotel~undo", "book/second/train~undo"]
    assert statuses(going_on(trip, before)) == {
        "book": "waiting",
        "book/first/hotel": "ready",
        "book/second/train": "ready",
    }


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 40))
def test_a_fork_of_any_run_stands_where_that_run_stood(seed: int, events: int) -> None:
    chance = Random(seed)
    player, surroundings = Player(Author(chance).writes()), Surroundings(chance)
    player.starts()
    for _ in range(events):
        player.passes(seconds=chance.choice([0, 1, 120]))
        player.happens(surroundings.does(player))
    if player.state.status != "running" or player.state.paused_at is not None:
        return
    new = going_on(player)
    assert new.folded == new.state
    assert _open(new.state) == _open(player.state)
    was = _ended(player.state)
    assert {path: was[path] for path in _ended(new.state)} == _ended(new.state)


def _open(state: RunState) -> set[str]:
    """What the run goes on from. A step is asked anew itself where another tool was just standing in for it, and what
    lost its join is open only until its outcome is known, which the new run has never asked for."""
    return {path for path, step in state.steps.items() if step.is_open and not _is_aside(step)}


def _is_aside(step: StepState) -> bool:
    return paths.replaced_by(step.path) is not None or "settling" in (step.scope or {})


def _ended(state: RunState) -> dict[str, object]:
    return {
        path: (step.status, step.result)
        for path, step in state.steps.items()
        if step.status in ("succeeded", "failed") and step.kind not in DECIDED_ANEW
    }

"""A run that is known in part is decided as if the whole of it were known."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.core import parts, paths
from orchestration.core.decide import Decided
from orchestration.core.events import AttemptLeased, AttemptSucceeded, Event, Started, TimerFired
from orchestration.core.language.definition import compile_definition
from orchestration.core.parts import MissingSteps, Part
from orchestration.core.state import OPEN_RUN, RunState
from tests.unit.core.runs import REFUSALS, Author, Player, Surroundings

any_schedule = settings()  # of the profile


def in_part(state: RunState, part: Part) -> RunState:
    """What of the state would have been read."""
    if part.is_whole:
        return state
    steps = {path: step for path, step in state.steps.items() if part.has(path)}
    timers = {name: timer for name, timer in state.timers.items() if part.has(paths.subject_of(name))}
    return replace(state, steps=steps, timers=timers, part=part)


def decided_in_part(player: Player, state: RunState, event: Event) -> tuple[Decided | None, int]:
    """As the runtime does: more is read when the core asks. And how often it asked."""
    part, asked = parts.around(_concerned(event)), 0
    while asked < 20:
        try:
            return replace(player, state=in_part(state, part), arrived=player.offered).decided(event), asked
        except MissingSteps as missing:
            part, asked = part | missing.wanted, asked + 1
        except REFUSALS:
            return None, asked
    raise AssertionError("The core asks for the same again and again.")


def _concerned(event: Event) -> str:
    if isinstance(event, TimerFired):
        return paths.subject_of(event.name)
    return paths.path_of(getattr(event, "path", getattr(event, "key", "") or ""))


@any_schedule
@given(st.integers(0, 2**32))
def test_what_is_known_in_part_is_decided_like_the_whole(seed: int) -> None:
    chance = Random(seed)
    player, surroundings = Player(Author(chance).writes()), Surroundings(chance)
    player.starts()
    for _ in range(60):
        player.passes(seconds=chance.choice([0, 0, 1, 9, 120, 1_900]))
        before, event = player.state, surroundings.does(player)
        decided = player.happens(event)
        found, _ = decided_in_part(player, before, event)
        assert (found is None) == (decided is None)
        if decided is not None and found is not None:
            assert (found.changes, found.effects) == (decided.changes, decided.effects)
            assert {**before.steps, **found.state.steps} == decided.state.steps
            assert {**before.timers, **found.state.timers} == decided.state.timers
        if player.state.status not in OPEN_RUN:
            break


def _collecting(items: int) -> Player:
    """A run whose loop opens two items at a time."""
    check = {"id": "check", "kind": "tool", "tool": "t", "version": 1, "with": {"n": "${ item }"}}
    also = {"id": "also", "kind": "tool", "tool": "t", "version": 1, "with": {"n": "${ steps.check.ok }"}}
    lines = {"id": "lines", "kind": "each", "in": "${ input.items }", "concurrency": 2, "steps": [check, also]}
    player = Player(compile_definition({"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": [lines]}))
    player.happens(Started({"items": list(range(items))}, "manual", None))
    return player


def test_an_item_that_ends_costs_the_same_however_many_there_are() -> None:
    """Nothing of other items is asked for but at the join, once."""
    player, asked = _collecting(30), []
    while player.state.status == "running":
        path = next(path for path, step in player.state.steps.items() if step.status == "ready")
        for event in (AttemptLeased(path, "w"), AttemptSucceeded(path, 1, {"ok": True})):
            found, times = decided_in_part(player, player.state, event)
            assert found is not None
            asked.append(times)
            if not times:
                assert len(found.state.steps) <= 5
            player.happens(event)
    assert asked == [0] * (len(asked) - 1) + [2]


@pytest.mark.parametrize(
    ("path", "sequences", "inside"),
    [
        ("order", {""}, set()),
        ("way/0/order", {"", "way", "way/0"}, {"way/0"}),
        ("lines#5/check", {"", "lines#5"}, {"lines#5"}),
        ("lines#5/par/left/x", {"", "lines#5", "lines#5/par", "lines#5/par/left"}, {"lines#5"}),
        ("a#1/b#2/c~undo", {"", "a#1", "a#1/b#2"}, {"a#1/b#2"}),
    ],
)
def test_an_event_concerns_the_iteration_and_the_sequences_around_it(
    path: str, sequences: set[str], inside: set[str]
) -> None:
    assert parts.around(path) == Part(frozenset(sequences), frozenset(inside))

"""Any workflow under any schedule: what every test of an invariant looks at."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from hypothesis import settings

from orchestration.core.decide import Decided
from orchestration.core.events import (
    Event,
)
from orchestration.core.large import LARGE
from orchestration.core.state import OPEN_RUN, RunState
from tests.unit.core.runs import Author, Player, Surroundings

any_schedule = settings()  # of the profile: `--hypothesis-profile=long` tries many more
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

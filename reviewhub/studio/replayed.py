"""A run as it was right after one of its events: its blocks, and the events around."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from orchestration import api
from reviewhub.studio import states
from reviewhub.studio.drawing import Drawn, drawn_run, names_of
from reviewhub.studio.facts import Fact
from reviewhub.studio.sentences import Sentence, sentence
from reviewhub.studio.states import State

AROUND = 12  # events shown before and after the chosen one


class Replayed:
    """The page of one run at one event. `wanted` is any text; what is no event of the run is the last one."""

    def __init__(self, run: Any, wanted: str, chosen: str = "") -> None:
        self.run = run
        self.last = int(run.sequence)
        number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else self.last
        self.number = min(max(number, 1), self.last)
        self.definition = api.definition_of(run.version)
        self.then = api.state_at(run.pk, self.number)
        self.chosen = chosen if chosen in self.then.steps else ""

    @property
    def before(self) -> int:
        return max(self.number - 1, 1)

    @property
    def after(self) -> int:
        return min(self.number + 1, self.last)

    @property
    def is_open(self) -> bool:
        return self.then.status in ("running", "ending")

    @property
    def blocks(self) -> tuple[Drawn, ...]:
        query = f"?n={self.number}&step="
        return drawn_run(self.definition, self.then.steps, self.chosen, ended=not self.is_open, query=query)

    @property
    def state(self) -> State:
        return states.state_then(self.then)

    @property
    def step(self) -> Any:
        return self.then.steps.get(self.chosen)

    @property
    def title(self) -> str:
        return names_of(self.definition).step(self.chosen)

    @cached_property
    def events(self) -> list[Sentence]:
        """Those around the chosen one, in the order in which they happened."""
        names = names_of(self.definition)
        before = max(self.number - 1 - AROUND, 0)
        entries = api.timeline_after(self.run.pk, before, self.number + AROUND - before)
        return [
            sentence(names, Fact(each.sequence, each.kind, each.at, each.actor.label, each.data, each.values))
            for each in api.told(self.run.pk, entries)
        ]

    @property
    def event(self) -> Sentence:
        return next(each for each in self.events if each.fact.sequence == self.number)

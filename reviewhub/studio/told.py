"""A run's story as its page tells it: as a whole where it is short, else page by page, the latest first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from orchestration import api
from reviewhub.numbers import number_in
from reviewhub.studio.facts import Fact, Names
from reviewhub.studio.sentences import MINOR, Sentence, story

SHORT = 500  # events: so many are told at once
SIZE = 100


class Told:
    """`asked` is the page's query: `all` events or what matters, and those `before` one."""

    def __init__(self, run: Any, names: Names, asked: Mapping[str, str]) -> None:
        self._run, self._names = run, names
        self._everything = asked.get("all") == "1"
        before = asked.get("before", "")
        self._before = number_in(before)

    @property
    def sentences(self) -> list[Sentence]:
        told = story(self._names, self._shown)
        return told if self._everything else [sentence for sentence in told if not sentence.minor]

    @property
    def earlier(self) -> str:
        """The page before this one, where there is one."""
        return self._href(before=str(self._facts[1].sequence)) if self._is_long and len(self._facts) > SIZE else ""

    @property
    def latest(self) -> str:
        return self._href() if self._is_long and self._before is not None else ""

    def beginnings(self, step: Any) -> dict[int, datetime]:
        """When each attempt of the step began, in process time."""
        facts = self._facts
        if self._is_long:
            facts = [_fact(entry) for entry in api.facts_of_step(self._run.pk, "attempt.started", step)]
        return {
            fact.data["number"]: fact.at for fact in facts if fact.kind == "attempt.started" and fact.path == step.path
        }

    @property
    def _is_long(self) -> bool:
        return bool(self._run.sequence > SHORT)

    @property
    def _shown(self) -> list[Fact]:
        return self._facts[-SIZE:] if self._is_long else self._facts

    @cached_property
    def _facts(self) -> list[Fact]:
        """Of a long story one more than is shown, where there are more."""
        if not self._is_long:
            return [_fact(entry) for entry in api.told_timeline(self._run.pk)]
        without = () if self._everything else MINOR
        found = api.timeline_before(self._run.pk, self._before, SIZE + 1, without)
        return [_fact(entry) for entry in api.told(self._run.pk, found)]

    def _href(self, **more: str) -> str:
        asked = {**({"all": "1"} if self._everything else {}), **more}
        return f"?{urlencode(asked)}#story-title"


def _fact(entry: Any) -> Fact:
    return Fact(entry.sequence, entry.kind, entry.at, entry.actor.label, entry.data, entry.values)

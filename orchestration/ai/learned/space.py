"""Facts as numbers: one layout, made from the past cases and used unchanged for every new one.

In this order: the terms of all texts; for each number its place and the steps it has passed; for each category its
values; and for each pair of comparable numbers whether the first exceeds the second.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.ai.facts import Fact, Scalar, names_in, number
from orchestration.ai.learned.vocabulary import Vocabulary, telling_terms

Vector = dict[int, float]


@dataclass(frozen=True, slots=True)
class NumberSpec:
    """A number's usual range. `edges` are the quantiles that count as steps."""

    path: str
    edges: tuple[float, ...]
    low: float
    high: float
    centre: float  # of the logarithms
    spread: float

    @property
    def is_share(self) -> bool:
        """Between 0 and 1, and not just one or the other."""
        return self.low >= 0 and self.high <= 1 and any(0 < edge < 1 for edge in self.edges)

    def step(self, value: float) -> int:
        """How many edges a value has passed."""
        return bisect_left(self.edges, value)


@dataclass(frozen=True, slots=True)
class CategorySpec:
    path: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairSpec:
    """Two numbers that are worth comparing: neither always exceeds the other."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Space:
    vocabulary: Vocabulary
    texts: tuple[str, ...]
    numbers: tuple[NumberSpec, ...]
    categories: tuple[CategorySpec, ...]
    pairs: tuple[PairSpec, ...]
    starts: Mapping[str, int]  # where each number, category and pair ("a>b") has its features
    size: int

    def vector(self, facts: Sequence[Fact]) -> Vector:
        return self.text_vector(facts) | self.fact_vector(Grouped.of(facts))

    def text_vector(self, facts: Sequence[Fact]) -> Vector:
        return self.vocabulary.weigh(terms_of(facts, self.texts))

    def fact_vector(self, grouped: Grouped) -> Vector:
        found: Vector = {}
        for spec in self.numbers:
            found.update(self.number_features(spec, grouped.number(spec.path)))
        for category in self.categories:
            found.update(self.category_features(category, grouped.values(category.path)))
        for pair in self.pairs:
            found.update(self.pair_features(pair, grouped.number(pair.first), grouped.number(pair.second)))
        return found

    def number_features(self, spec: NumberSpec, value: float | None) -> Vector:
        """The missing mark, the place in the usual range, then one mark for each step passed."""
        start = self.starts[spec.path]
        if value is None:
            return {start: 1.0}
        place = (flattened(value) - spec.centre) / spec.spread
        passed = {start + 2 + step: 0.5 for step in range(spec.step(value))}
        return {start + 1: max(-4.0, min(4.0, place))} | passed

    def category_features(self, spec: CategorySpec, values: Iterable[str]) -> Vector:
        """One mark for each value; all unknown values share the first one."""
        start = self.starts[spec.path]
        places = {value: start + 1 + place for place, value in enumerate(spec.values)}
        return {places.get(value, start): 1.0 for value in values}

    def pair_features(self, pair: PairSpec, first: float | None, second: float | None) -> Vector:
        if first is None or second is None:
            return {}
        return {self.starts[f"{pair.first}>{pair.second}"]: float((first > second) - (first < second))}

    def to_json(self) -> dict[str, Any]:
        return {
            "vocabulary": self.vocabulary.to_json(),
            "texts": list(self.texts),
            "numbers": [[s.path, list(s.edges), s.low, s.high, s.centre, s.spread] for s in self.numbers],
            "categories": [[spec.path, list(spec.values)] for spec in self.categories],
            "pairs": [[pair.first, pair.second] for pair in self.pairs],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Space:
        return laid_out(
            Vocabulary.from_json(data["vocabulary"]),
            tuple(data["texts"]),
            tuple(NumberSpec(path, tuple(edges), *rest) for path, edges, *rest in data["numbers"]),
            tuple(CategorySpec(path, tuple(values)) for path, values in data["categories"]),
            tuple(PairSpec(first, second) for first, second in data["pairs"]),
        )


def laid_out(
    vocabulary: Vocabulary,
    texts: tuple[str, ...],
    numbers: tuple[NumberSpec, ...],
    categories: tuple[CategorySpec, ...],
    pairs: tuple[PairSpec, ...],
) -> Space:
    """Give every fact its places, in the order in which the specs are written."""
    widths = [(spec.path, 2 + len(spec.edges)) for spec in numbers]
    widths += [(spec.path, 1 + len(spec.values)) for spec in categories]
    widths += [(f"{pair.first}>{pair.second}", 1) for pair in pairs]
    starts, place = {}, len(vocabulary)
    for name, width in widths:
        starts[name] = place
        place += width
    return Space(vocabulary, texts, numbers, categories, pairs, starts, place)


def terms_of(facts: Sequence[Fact], texts: Sequence[str]) -> list[str]:
    """The terms in the texts at these paths, less the names that the case gives."""
    names = names_in(facts)
    said = [fact.value for fact in facts if fact.kind_of in texts and isinstance(fact.value, str)]
    return [term.token for text in said for term in telling_terms(text, names)]


class Grouped:
    """A case's facts by path without list positions."""

    def __init__(self, facts: Mapping[str, Sequence[Scalar]]) -> None:
        self._facts = facts

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Grouped:
        found: defaultdict[str, list[Scalar]] = defaultdict(list)
        for fact in facts:
            found[fact.kind_of].append(fact.value)
        return cls(found)

    def number(self, path: str) -> float | None:
        """The number at a path; those of a list together."""
        found = [value for value in map(number, self._facts.get(path, ())) if value is not None]
        return sum(found) if found else None

    def values(self, path: str) -> list[str]:
        return [str(value) for value in self._facts.get(path, ())]

    def has(self, path: str) -> bool:
        return path in self._facts

    def replaced(self, path: str, value: Scalar) -> Grouped:
        return Grouped({**self._facts, path: [value]})


def flattened(value: float) -> float:
    """A logarithm that knows zero and negative amounts."""
    return math.copysign(math.log1p(abs(value)), value)

"""What would change a recommendation: the nearest change of one fact that turns it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestration.ai.facts import CONTAINERS, Scalar, label, source_text, spoken
from orchestration.ai.learned.parameters import Parameters
from orchestration.ai.learned.pulls import CategoryPull, NumberPull, PairPull, Pull, TextPull
from orchestration.ai.learned.space import CategorySpec, Grouped, NumberSpec, Vector, flattened
from orchestration.ai.wording import amount, tidy, title

MOST_FACTS = 4
MOST_VALUES = 8


@dataclass(frozen=True, slots=True)
class Turning:
    """Looks for the change that turns the answer. `allowed` are the places of the outcomes on offer."""

    parameters: Parameters
    grouped: Grouped
    text: Vector
    scores: Sequence[float]
    allowed: Sequence[int]

    def sentence(self, pulls: Sequence[Pull]) -> str:
        """In words, or empty where no single fact turns it."""
        seen: set[str] = set()
        for pull in pulls:
            for spec in self._specs(pull):
                if spec.path in seen or len(seen) == MOST_FACTS:
                    continue
                seen.add(spec.path)
                if found := self._turned(spec):
                    value, outcome = found
                    return f"It would say {title(outcome)} if {label(spec.path)} were {_shown(spec, value)}."
            if isinstance(pull, TextPull) and (found_text := self._without(pull)):
                return found_text
        return ""

    def _specs(self, pull: Pull) -> Iterator[NumberSpec | CategorySpec]:
        match pull:
            case NumberPull() | CategoryPull():
                yield pull.spec
            case PairPull():
                numbers = {spec.path: spec for spec in self.parameters.space.numbers}
                yield from (numbers[path] for path in sorted((pull.pair.first, pull.pair.second), key=_looked_up))

    def _turned(self, spec: NumberSpec | CategorySpec) -> tuple[Scalar, str] | None:
        candidates = self._numbers(spec) if isinstance(spec, NumberSpec) else self._values(spec)
        for value in candidates:
            if (outcome := self._outcome_with(spec.path, value)) != self._best(self.scores):
                return value, self.parameters.outcomes[outcome]
        return None

    def _numbers(self, spec: NumberSpec) -> Iterator[float]:
        """The nearest first, and only on a side whose far end turns the answer."""
        value = self.grouped.number(spec.path)
        if value is None:
            return
        marks = sorted({tidy(mark) for mark in (*spec.edges, spec.low, spec.high, *self._compared_with(spec.path))})
        sides = ([mark for mark in marks if mark > value], [mark for mark in reversed(marks) if mark < value])
        here = self._best(self.scores)
        turning = [side for side in sides if side and self._outcome_with(spec.path, side[-1]) != here]
        near = [mark for side in turning for mark in side]
        yield from sorted(near, key=lambda mark: abs(flattened(mark) - flattened(value)))

    def _compared_with(self, path: str) -> Iterator[float]:
        """Just beyond or at the numbers that this one is compared with."""
        for pair in self.parameters.space.pairs:
            if path not in (pair.first, pair.second):
                continue
            other = self.grouped.number(pair.second if path == pair.first else pair.first)
            if other is not None:
                yield other
                yield other * 1.02

    def _values(self, spec: CategorySpec) -> Iterator[str]:
        given = self.grouped.values(spec.path)
        if len(given) == 1:
            yield from [value for value in spec.values if value not in given][:MOST_VALUES]

    def _outcome_with(self, path: str, value: Scalar) -> int:
        old = self._depending(path, self.grouped)
        new = self._depending(path, self.grouped.replaced(path, value))
        change = {feature: new.get(feature, 0.0) - old.get(feature, 0.0) for feature in old.keys() | new.keys()}
        shift = self.parameters.scores(change)
        before = self.parameters.intercepts
        return self._best(
            [score + moved - start for score, moved, start in zip(self.scores, shift, before, strict=True)]
        )

    def _depending(self, path: str, grouped: Grouped) -> Vector:
        space, found = self.parameters.space, {}
        for spec in space.numbers:
            if spec.path == path:
                found.update(space.number_features(spec, grouped.number(path)))
        for category in space.categories:
            if category.path == path:
                found.update(space.category_features(category, grouped.values(path)))
        for pair in space.pairs:
            if path in (pair.first, pair.second):
                found.update(space.pair_features(pair, grouped.number(pair.first), grouped.number(pair.second)))
        return found

    def _without(self, pull: TextPull) -> str:
        """Whether one passage less turns it. The words that stay keep their weights."""
        for term in pull.telling[:1]:
            tokens = {term.token, *term.token.split()}
            gone = {
                place for token in tokens if (place := self.parameters.space.vocabulary.index.get(token)) is not None
            }
            rest = {place: amount for place, amount in self.text.items() if place not in gone}
            outcome = self._best(self.parameters.scores(rest, self.parameters.space.fact_vector(self.grouped)))
            if outcome != self._best(self.scores):
                said = source_text(pull.fact.value)[term.start : term.end]
                turned = title(self.parameters.outcomes[outcome])
                return f"It would say {turned} if {label(pull.fact.path)} did not say “{said}”."
        return ""

    def _best(self, scores: Sequence[float]) -> int:
        return max(self.allowed, key=lambda place: scores[place])


def _looked_up(path: str) -> bool:
    """What the request itself says comes first: that can be asked for differently."""
    return path.partition(".")[0] not in CONTAINERS


def _shown(spec: NumberSpec | CategorySpec, value: Scalar) -> str:
    if isinstance(spec, NumberSpec):
        return amount(float(value), is_share=spec.is_share)
    return {"True": "yes", "False": "no"}.get(str(value), spoken(value))

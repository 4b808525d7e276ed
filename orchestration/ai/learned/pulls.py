"""How strongly each fact pulls towards one outcome rather than its nearest rival, compared with a typical case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from orchestration.ai.facts import Fact, names_in
from orchestration.ai.learned.parameters import Parameters
from orchestration.ai.learned.space import CategorySpec, Grouped, NumberSpec, PairSpec, Vector
from orchestration.ai.learned.vocabulary import Term, telling_terms

# Words that carry a pattern for the model and none for a reader.
_UNTELLING = """
a about again also an and any are as at be been but by can could did do does for from get got had has have he hello
her hi his how i i'm i've if in into is it its just me my no not of on or our out please she so some than thank
thanks that the their them then there they this to up us was we were what when where which who why will with would
yes you your
"""
UNTELLING = frozenset(_UNTELLING.split())


@dataclass(frozen=True, slots=True)
class NumberPull:
    strength: float
    spec: NumberSpec
    value: float


@dataclass(frozen=True, slots=True)
class CategoryPull:
    strength: float
    spec: CategorySpec
    value: str


@dataclass(frozen=True, slots=True)
class PairPull:
    strength: float
    pair: PairSpec
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class TextPull:
    strength: float
    fact: Fact
    telling: tuple[Term, ...]  # the strongest first, none overlapping


Pull = NumberPull | CategoryPull | PairPull | TextPull


@dataclass(frozen=True, slots=True)
class Contrast:
    """The two outcomes that are weighed against each other, as places in the parameters."""

    parameters: Parameters
    chosen: int
    rival: int

    def pull(self, vector: Vector) -> float:
        return sum(amount * self.weight(feature) for feature, amount in vector.items())

    def weight(self, feature: int) -> float:
        return self.parameters.weight(feature, self.chosen) - self.parameters.weight(feature, self.rival)


def pulls(contrast: Contrast, facts: Sequence[Fact], grouped: Grouped, text: Vector) -> list[Pull]:
    """All that pull either way, the strongest towards the chosen outcome first. `text` is the case's text vector."""
    found: list[Pull] = [
        *_numbers(contrast, grouped),
        *_categories(contrast, grouped),
        *_pairs(contrast, grouped),
        *_texts(contrast, facts, text),
    ]
    return sorted(found, key=lambda pull: -pull.strength)


def _numbers(contrast: Contrast, grouped: Grouped) -> Iterator[NumberPull]:
    space = contrast.parameters.space
    for spec in space.numbers:
        value = grouped.number(spec.path)
        if value is not None:
            typical = contrast.pull(space.number_features(spec, median(spec.edges)))
            yield NumberPull(contrast.pull(space.number_features(spec, value)) - typical, spec, value)


def _categories(contrast: Contrast, grouped: Grouped) -> Iterator[CategoryPull]:
    space = contrast.parameters.space
    for spec in space.categories:
        values = grouped.values(spec.path)
        if not values:
            continue
        counts = {
            value: sum(counts.values()) for value, counts in contrast.parameters.customs.values[spec.path].items()
        }
        typical = _typical(contrast, spec, counts)
        for value in values:
            yield CategoryPull(contrast.pull(space.category_features(spec, (value,))) - typical, spec, value)


def _typical(contrast: Contrast, spec: CategorySpec, counts: Mapping[str, int]) -> float:
    total = sum(counts.values())
    if not total:
        return 0.0
    start = contrast.parameters.space.starts[spec.path] + 1
    return sum(contrast.weight(start + place) * counts[value] for place, value in enumerate(spec.values)) / total


def _pairs(contrast: Contrast, grouped: Grouped) -> Iterator[PairPull]:
    space = contrast.parameters.space
    for pair in space.pairs:
        first, second = grouped.number(pair.first), grouped.number(pair.second)
        if first is not None and second is not None:
            yield PairPull(contrast.pull(space.pair_features(pair, first, second)), pair, first, second)


def _texts(contrast: Contrast, facts: Sequence[Fact], vector: Vector) -> Iterator[TextPull]:
    space, names = contrast.parameters.space, names_in(facts)
    for fact in facts:
        if fact.kind_of not in space.texts or not isinstance(fact.value, str):
            continue
        weighed = [(_term_pull(contrast, term, vector), term) for term in telling_terms(fact.value, names)]
        strength = sum({term.token: pull for pull, term in weighed}.values())
        yield TextPull(strength, fact, _telling(weighed))


def _term_pull(contrast: Contrast, term: Term, vector: Vector) -> float:
    feature = contrast.parameters.space.vocabulary.index.get(term.token)
    return 0.0 if feature is None else vector.get(feature, 0.0) * contrast.weight(feature)


def _telling(weighed: Sequence[tuple[float, Term]], most: int = 3) -> tuple[Term, ...]:
    kept: list[Term] = []
    for pull, term in sorted(weighed, key=lambda entry: (-entry[0], entry[1].start)):
        if pull <= 0 or len(kept) == most:
            break
        overlaps = any(term.start < other.end and other.start < term.end for other in kept)
        repeated = any(term.token == other.token for other in kept)
        if not overlaps and not repeated and tells(term):
            kept.append(term)
    return tuple(kept)


def tells(term: Term) -> bool:
    """Whether a reader learns something from it: neither end is a word that stands everywhere."""
    tokens = term.token.split()
    return UNTELLING.isdisjoint((tokens[0], tokens[-1]))

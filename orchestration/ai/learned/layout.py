"""Makes the layout of features from the past cases. Uses no labels, so it may be made before folds are split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean, pstdev, quantiles

from orchestration.ai.facts import CONTAINERS, Fact, Scalar, names_somebody
from orchestration.ai.learned.kinds import FactKind, kind_of, values_of
from orchestration.ai.learned.space import (
    CategorySpec,
    Grouped,
    NumberSpec,
    PairSpec,
    Space,
    flattened,
    laid_out,
    terms_of,
)
from orchestration.ai.learned.vocabulary import learn_vocabulary

STEPS = 8  # quantiles of a number
MOST_PAIRS = 12
_COUNTED = (FactKind.NUMBER, FactKind.CATEGORY)
RARELY = 0.03  # a comparison that nearly always comes out alike teaches nothing


def learn_layout(cases: Sequence[Sequence[Fact]], most_words: int) -> Space:
    """`cases` are the facts of each past case, in any order that is always the same."""
    values = _values_by_path(cases)
    kinds = {path: kind_of(found) for path, found in values.items() if not names_somebody(path)}
    texts = tuple(path for path in values if kinds.get(path) is FactKind.TEXT)
    vocabulary = learn_vocabulary([set(terms_of(case, texts)) for case in cases], most_words)
    grouped = [Grouped.of(case) for case in cases]
    single = _without_repeats([path for path in values if kinds.get(path) in _COUNTED], grouped)
    numbers = tuple(_number_spec(path, grouped) for path in single if kinds[path] is FactKind.NUMBER)
    categories = tuple(
        CategorySpec(path, values_of(values[path])) for path in single if kinds[path] is FactKind.CATEGORY
    )
    return laid_out(vocabulary, texts, numbers, categories, _pairs(numbers, grouped))


def _values_by_path(cases: Sequence[Sequence[Fact]]) -> dict[str, list[Scalar]]:
    found: defaultdict[str, list[Scalar]] = defaultdict(list)
    for case in cases:
        for fact in case:
            found[fact.kind_of].append(fact.value)
    return dict(sorted(found.items()))


def _without_repeats(paths: Sequence[str], grouped: Sequence[Grouped]) -> list[str]:
    """One path for facts that say the same in every case: that of the request, where it is among them."""
    kept: dict[tuple[tuple[str, ...], ...], str] = {}
    for path in sorted(paths, key=lambda path: (path.partition(".")[0] not in CONTAINERS, path)):
        kept.setdefault(tuple(tuple(case.values(path)) for case in grouped), path)
    return sorted(kept.values())


def _number_spec(path: str, grouped: Sequence[Grouped]) -> NumberSpec:
    found = sorted(value for value in (case.number(path) for case in grouped) if value is not None)
    logs = [flattened(value) for value in found]
    edges = tuple(sorted({round(edge, 6) for edge in quantiles(found, n=STEPS, method="inclusive")}))
    return NumberSpec(path, edges, found[0], found[-1], round(fmean(logs), 6), round(pstdev(logs), 6) or 1.0)


def _pairs(numbers: Sequence[NumberSpec], grouped: Sequence[Grouped]) -> tuple[PairSpec, ...]:
    ranked = []
    for first, second in combinations(numbers, 2):
        known = [
            (a, b)
            for case in grouped
            if (a := case.number(first.path)) is not None and (b := case.number(second.path)) is not None
        ]
        if len(known) < 0.5 * len(grouped):
            continue
        share = sum(1 for a, b in known if a > b) / len(known)
        if RARELY <= share <= 1 - RARELY:
            ranked.append((abs(share - 0.5), PairSpec(first.path, second.path)))
    return tuple(pair for _, pair in sorted(ranked, key=lambda entry: entry[0])[:MOST_PAIRS])

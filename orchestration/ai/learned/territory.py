"""Whether a case lies within what was learned. Outside it the learned recommender says nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from orchestration.ai.facts import Fact, label
from orchestration.ai.learned.space import Grouped, Space, flattened
from orchestration.ai.learned.vocabulary import read
from orchestration.ai.wording import amount, between

BEYOND = math.log(3.0)  # three times past the largest seen, or a third of the smallest
FEWEST_WORDS = 4  # of a text that is judged by its words
KNOWN_WORDS = 0.35  # share below which a text is new


def unfamiliar(space: Space, facts: Sequence[Fact], grouped: Grouped) -> str | None:
    """Why the past says little about this case, in plain words; None where it does."""
    for found in (_missing(space, grouped), *_numbers(space, grouped), _values(space, grouped), _words(space, facts)):
        if found:
            return found
    return None


def unseen_values(space: Space, grouped: Grouped) -> Iterator[tuple[str, str]]:
    """Category facts with a value that is in too few past cases: path and value."""
    for spec in space.categories:
        for value in grouped.values(spec.path):
            if value not in spec.values:
                yield spec.path, value


def _missing(space: Space, grouped: Grouped) -> str | None:
    learned = [*(spec.path for spec in space.numbers), *(spec.path for spec in space.categories), *space.texts]
    missing = [path for path in learned if not grouped.has(path)]
    if 2 * len(missing) <= len(learned):
        return None
    return f"{len(missing)} of the {len(learned)} facts that were learned from are missing here"


def _numbers(space: Space, grouped: Grouped) -> Iterator[str]:
    for spec in space.numbers:
        value = grouped.number(spec.path)
        if value is None:
            continue
        place = flattened(value)
        if place > flattened(spec.high) + BEYOND or place < flattened(spec.low) - BEYOND:
            usual = between(spec.low, spec.high, is_share=spec.is_share)
            yield f"{label(spec.path)} is {amount(value, is_share=spec.is_share)}, and past cases had {usual}"


def _values(space: Space, grouped: Grouped) -> str | None:
    given = [spec for spec in space.categories if grouped.has(spec.path)]
    unseen = {path for path, _ in unseen_values(space, grouped)}
    if space.numbers or space.texts or len(given) < 1 or len(unseen) < len(given):
        return None
    return f"no past case has this {label(min(unseen))}"


def _words(space: Space, facts: Sequence[Fact]) -> str | None:
    for fact in facts:
        if fact.kind_of not in space.texts or not isinstance(fact.value, str):
            continue
        if len(read(fact.value)) >= FEWEST_WORDS and space.vocabulary.known_share(fact.value) < KNOWN_WORDS:
            return f"most words of {label(fact.path)} do not occur in past cases"
    return None

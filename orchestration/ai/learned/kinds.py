"""What kind of thing each fact is, read off the past cases: a number, one of a few values, a text, or nothing.

Names of cases (numbers and identifiers that never repeat), instants and e-mail addresses are never learned from, and
the layout leaves out names of people: a recommendation must not depend on who asks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum

from orchestration.ai.facts import Scalar, number

FEWEST_CASES = 5  # in which a fact must occur at all
FEWEST_REPEATS = 3  # of one value, before it counts as one
MOST_VALUES = 50  # of one category

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?$")


class FactKind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"
    TEXT = "text"
    NOTHING = "nothing"


def kind_of(values: Sequence[Scalar]) -> FactKind:
    """The kind of a fact, from the values that the past cases had for it."""
    if len(values) < FEWEST_CASES or len(set(values)) < 2:
        return FactKind.NOTHING
    if all(isinstance(value, bool) for value in values):
        return FactKind.CATEGORY
    if all(isinstance(value, int | float) for value in values):
        return FactKind.NUMBER
    return _kind_of_texts([value for value in values if isinstance(value, str)], len(values))


def _kind_of_texts(texts: Sequence[str], total: int) -> FactKind:
    if len(texts) < 0.9 * total or _share(texts, _is_private) > 0.5:
        return FactKind.NOTHING
    repeated = sum(count for count in Counter(texts).values() if count >= FEWEST_REPEATS) / len(texts)
    if _share(texts, lambda text: number(text) is not None) > 0.95:
        return FactKind.NUMBER if repeated > 0.3 or _share(texts, lambda text: "." in text) > 0.5 else FactKind.NOTHING
    if _words(texts) >= 4:
        return FactKind.TEXT
    if repeated >= 0.3:
        return FactKind.CATEGORY
    return FactKind.TEXT if _words(texts) >= 2.5 else FactKind.NOTHING


def _is_private(text: str) -> bool:
    return bool(_ADDRESS.fullmatch(text.strip()) or _INSTANT.match(text))


def _words(texts: Sequence[str]) -> float:
    return sum(len(text.split()) for text in texts) / len(texts)


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> float:
    return sum(1 for text in texts if holds(text)) / len(texts)


def values_of(values: Sequence[Scalar]) -> tuple[str, ...]:
    """The values of a category that occurred often enough, the most frequent first."""
    counted = Counter(str(value) for value in values)
    frequent = [(count, value) for value, count in counted.items() if count >= FEWEST_REPEATS]
    return tuple(value for _, value in sorted(frequent, key=lambda pair: (-pair[0], pair[1]))[:MOST_VALUES])

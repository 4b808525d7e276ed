"""How alike two cases are, by what people were shown of them: cheap, the same on every database, and explainable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_WORDS = 200  # of one value
DEEPEST = 4
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """A case's numbers and words, each by the name of its value."""

    numbers: Mapping[str, float]
    words: Mapping[str, frozenset[str]]


def signature_of(values: Mapping[str, Any]) -> Signature:
    numbers: dict[str, float] = {}
    words: dict[str, frozenset[str]] = {}
    for name, value in _leaves(values, "", 0):
        if isinstance(value, bool) or not isinstance(value, int | float):
            said = frozenset(word.casefold() for word in _WORD.findall(str(value))[:MOST_WORDS])
            if said:
                words[name] = said
        else:
            numbers[name] = float(value)
    return Signature(numbers, words)


def _leaves(value: Any, name: str, depth: int) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping) and depth < DEEPEST:
        for key, each in value.items():
            yield from _leaves(each, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, str | int | float):
        yield name, value


def alike(one: Signature, two: Signature) -> float:
    """From 0 to 1: the mean over all values that either has. Numbers by their ratio, texts by the words they share."""
    numbers = one.numbers.keys() | two.numbers.keys()
    words = one.words.keys() | two.words.keys()
    if not numbers and not words:
        return 0.0
    near = sum(_near(one.numbers.get(name), two.numbers.get(name)) for name in numbers)
    shared = sum(_shared(one.words.get(name), two.words.get(name)) for name in words)
    return (near + shared) / (len(numbers) + len(words))


def _near(one: float | None, two: float | None) -> float:
    if one is None or two is None or one * two < 0:
        return 0.0
    return 1.0 if one == two else min(abs(one), abs(two)) / max(abs(one), abs(two))


def _shared(one: frozenset[str] | None, two: frozenset[str] | None) -> float:
    return len(one & two) / len(one | two) if one and two else 0.0

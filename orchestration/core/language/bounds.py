"""How much an expression may read and give: checked on the values, before and after it is evaluated."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

MAX_BYTES = 2_048  # of an expression
MAX_DEPTH = 2  # comprehensions inside each other
MAX_PATTERNS = 10  # calls of `matches`
MAX_ITEMS = 10_000  # of a list or a mapping
MAX_VALUES = 200_000  # in everything that one expression reads
MAX_COPIED = 500_000  # the same, counted at every place that reads it
MAX_READ = 4_000_000  # and at every place that reads an item of it
MAX_NESTING = 60  # of lists and mappings in each other
CHARACTERS_PER_VALUE = 16


class OutOfBounds(Exception):
    """A value is larger than expressions work on, or is none that can be kept."""


class Scale:
    """Weighs values: how many there are, texts counting by their length. Raises `OutOfBounds`."""

    def __init__(self) -> None:
        self.total = 0
        self.heaviest_item = 0  # of any list

    def add(self, value: Any) -> int:
        """Weighs one more value and what is in it."""
        return self._weigh(value, 0)

    def _weigh(self, value: Any, depth: int) -> int:
        if value is None or isinstance(value, (int, float)):
            return self._count(1)
        if isinstance(value, str):
            return self._count(1 + len(value) // CHARACTERS_PER_VALUE)
        if not isinstance(value, (Mapping, list, tuple)):
            return self._count(1)
        if len(value) > MAX_ITEMS:
            raise OutOfBounds(f"a list of {len(value)} items is too long; expressions work on at most {MAX_ITEMS}")
        if depth > MAX_NESTING:
            raise OutOfBounds(f"values are nested more than {MAX_NESTING} deep")
        weights = [self._weigh(item, depth + 1) for item in (value.values() if isinstance(value, Mapping) else value)]
        if isinstance(value, Mapping):
            names = self._count(len(value) + sum(map(len, map(str, value))) // CHARACTERS_PER_VALUE)
            return self._count(1) + names + sum(weights)
        self.heaviest_item = max(self.heaviest_item, *weights, 0)
        return self._count(1) + sum(weights)

    def _count(self, weight: int) -> int:
        self.total += weight
        if self.total > MAX_VALUES:
            raise OutOfBounds("the values are too large for an expression; pass a smaller part of them")
        return weight


def as_json(value: Any, depth: int = 0) -> Any:
    """A result as it can be kept: an instant as text, a duration in seconds. Raises `OutOfBounds`."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            if not math.isfinite(value):
                raise OutOfBounds("the result is not a finite number")
            return value
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case timedelta():
            return value.total_seconds()
    if depth > MAX_NESTING:
        raise OutOfBounds(f"the result is nested more than {MAX_NESTING} deep")
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {name: as_json(item, depth + 1) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item, depth + 1) for item in value]
    raise OutOfBounds("the result is neither text, number, true, false, null, a list nor a mapping with names")

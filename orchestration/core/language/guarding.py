"""Rewrites an expression so that no evaluation of it can hold a worker, and so that `has` looks through null.

The CEL library cannot be interrupted, and its `map` and `filter` take time with the square of the list. So every
comprehension asks `_tick` before each item, which refuses once the budget is spent, and `map` and `filter` collect
through `_keep` and `_take`. `has(a.b.c)` is true where every link is there and none is null. `size` of a text is asked
of `_size`, because the library counts its bytes and not its characters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestration.core.language.reading import Comprehension, Path, Reading

BUDGET = 500_000  # items looked at by the comprehensions of one evaluation, heavier bodies counting for more
COST_OF_MATCHES = 5_000  # a pattern is compiled anew each time
VALUES_PER_UNIT = 8

Edit = tuple[int, int, str]  # start, end, replacement


def guarded(reading: Reading) -> str:
    """The source to compile. What is not a comprehension or `has` stays as it was written."""
    edits = _null_safe_has(reading)
    edits += [(call.start, call.end, "_size") for call in reading.calls if call.text == "size"]
    for number, each in reversed(tuple(enumerate(reading.comprehensions))):
        edits += _guard(reading, number, each)
    return _edited(reading.source, edits)


def size_of(value: Any) -> int:
    """Raises `TypeError` for what has no size."""
    return len(value)


FUNCTIONS: dict[str, Callable[..., Any]] = {"_size": size_of}


def _guard(reading: Reading, number: int, each: Comprehension) -> list[Edit]:
    first, last = each.arguments[0]
    start, end = reading.tokens[first].start, reading.tokens[last].end
    closed = reading.tokens[each.closing].end
    if each.name not in ("map", "filter"):
        return [(start, start, f"_tick({number}) ? ("), (end, end, ") : false")]
    name = reading.tokens[each.name_at]
    around = [(name.start, name.end, "all"), (closed, closed, f"._take({number})")]
    if each.name == "filter":
        kept = f") ? _keep({number}, {each.variable}) : true) : false"
        return [*around, (start, start, f"_tick({number}) ? (("), (end, end, kept)]
    if len(each.arguments) == 1:
        return [*around, (start, start, f"_tick({number}) ? _keep({number}, ("), (end, end, ")) : false")]
    second = reading.tokens[each.arguments[1][0]].start
    stop = reading.tokens[each.arguments[1][1]].end
    return [
        *around,
        (start, start, f"_tick({number}) ? (("),
        (end, second, f") ? _keep({number}, ("),
        (stop, stop, ")) : true) : false"),
    ]


def _null_safe_has(reading: Reading) -> list[Edit]:
    edits: list[Edit] = []
    for path in reading.paths:
        before, after = path.first - 2, path.last + 1
        whole = before >= 0 and after < len(reading.tokens) and reading.tokens[after].text == ")"
        if whole and reading.tokens[before].text == "has" and reading.tokens[before + 1].text == "(":
            edits.append((reading.tokens[before].start, reading.tokens[after].end, _links(path)))
    return edits


def _links(path: Path) -> str:
    reached = path.root
    links = [f"{reached} != null"]
    for selector in path.selectors:
        if isinstance(selector, str) and selector.isidentifier():
            links.append(f"has({reached}.{selector})")
            reached = f"{reached}.{selector}"
        elif isinstance(selector, str):
            literal = _cel_string(selector)
            links.append(f"{literal} in {reached}")
            reached = f"{reached}[{literal}]"
        else:
            links.append(f"size({reached}) > {selector}")
            reached = f"{reached}[{selector}]"
        links.append(f"{reached} != null")
    return f"({' && '.join(links)})"


def _cel_string(text: str) -> str:
    escaped = "".join(char if char.isalnum() or char in " -_." else f"\\U{ord(char):08x}" for char in text)
    return f'"{escaped}"'


def _edited(source: str, edits: list[Edit]) -> str:
    """Edits never overlap. At the same place they stay in their order: inner comprehensions close before outer ones."""
    made: list[str] = []
    at = 0
    for start, end, replacement in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        made += [source[at:start], replacement]
        at = end
    return "".join([*made, source[at:]])


class Guard:
    """The functions that a guarded expression calls, for one evaluation. Deterministic: it counts, it never times."""

    def __init__(self, reading: Reading, costs: tuple[int, ...]) -> None:
        self._inner = _inner(reading)
        self._costs = costs
        self._kept: list[list[Any]] = [[] for _ in costs]
        self.left = BUDGET

    @property
    def functions(self) -> dict[str, Callable[..., Any]]:
        return {**FUNCTIONS, "_tick": self._tick, "_keep": self._keep, "_take": self._take}

    def _tick(self, number: int) -> bool | None:
        """None once the budget is spent: no condition, so that the evaluation ends there."""
        self.left -= self._costs[number]
        for inner in self._inner[number]:
            self._kept[inner] = []
        return True if self.left >= 0 else None

    def _keep(self, number: int, item: Any) -> bool:
        self._kept[number].append(item)
        return True

    def _take(self, _: bool, number: int) -> list[Any]:
        kept, self._kept[number] = self._kept[number], []
        return kept


def _inner(reading: Reading) -> tuple[tuple[int, ...], ...]:
    numbered = tuple(enumerate(reading.comprehensions))
    return tuple(
        tuple(number for number, each in numbered if each is not outer and outer.holds(each.name_at))
        for outer in reading.comprehensions
    )


def costs_of(reading: Reading, weigh: Callable[[Path], int], heaviest: int) -> tuple[int, ...]:
    """What one item of each comprehension costs: the item, what else its body reads whole, and its patterns.

    `weigh` gives how many values a path of the context holds, `heaviest` those of the heaviest item of any list.
    """
    return tuple(1 + _body_cost(reading, each, weigh, heaviest) for each in reading.comprehensions)


def _body_cost(reading: Reading, each: Comprehension, weigh: Callable[[Path], int], heaviest: int) -> int:
    nested = sum(1 for _ in reading.around(each.name_at)) > 0
    cost = 0
    for path in reading.paths:
        if _innermost(reading, path.first) is not each:
            continue
        if not reading.binds(path):
            cost += weigh(path) // VALUES_PER_UNIT
        elif nested:
            cost += heaviest // VALUES_PER_UNIT
    patterns = [
        index
        for index, token in enumerate(reading.tokens)
        if token in reading.calls and token.text == "matches" and _innermost(reading, index) is each
    ]
    return cost + COST_OF_MATCHES * len(patterns)


def _innermost(reading: Reading, index: int) -> Comprehension | None:
    return max(reading.around(index), key=lambda each: each.name_at, default=None)

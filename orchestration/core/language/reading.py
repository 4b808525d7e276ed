"""What an expression reads and calls, seen from its tokens: names, paths, steps, functions, comprehensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestration.core.language.tokens import Token, UnreadableExpression, string_value, tokens_of

COMPREHENSIONS = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"})
FUNCTIONS = frozenset(
    {"size", "contains", "startsWith", "endsWith", "matches", "has", "int", "uint", "double", "string", "bytes"}
    | {"type", "dyn", "timestamp", "duration", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfYear"}
    | {"getDayOfWeek", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}
)
NAMES = frozenset({"input", "steps", "run", "error", "queue", "sla", "task", "item", "message"})
_WORDS = frozenset({"true", "false", "null", "in"})
_OPENING, _CLOSING = {"(": ")", "[": "]", "{": "}"}, {")", "]", "}"}


@dataclass(frozen=True, slots=True)
class Path:
    """`input.lines[0].sum` as a root and its selectors; `first` and `last` are indexes of its tokens."""

    root: str
    selectors: tuple[str | int, ...]
    first: int
    last: int

    def __str__(self) -> str:
        parts = [self.root]
        for selector in self.selectors:
            plain = isinstance(selector, str) and selector.isidentifier()
            parts.append(f".{selector}" if plain else f"[{selector!r}]")
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Comprehension:
    """A call such as `.all(x, …)`. Token indexes: of its name, of each argument's first and last, of its `)`."""

    name: str
    name_at: int
    variable: str
    arguments: tuple[tuple[int, int], ...]
    closing: int

    def holds(self, index: int) -> bool:
        """Whether the token belongs to what is evaluated once an item."""
        return bool(self.arguments) and self.arguments[0][0] <= index < self.closing


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that the tokens of one expression tell."""

    source: str
    tokens: tuple[Token, ...]
    paths: tuple[Path, ...]
    comprehensions: tuple[Comprehension, ...]
    calls: tuple[Token, ...]  # the names of the functions called, comprehensions left out

    def around(self, index: int) -> Iterator[Comprehension]:
        return (each for each in self.comprehensions if each.holds(index))

    def binds(self, path: Path) -> bool:
        """Whether the path starts at a comprehension's variable and not at a name of the context."""
        return any(each.variable == path.root for each in self.around(path.first))

    @property
    def free_paths(self) -> tuple[Path, ...]:
        return tuple(path for path in self.paths if not self.binds(path))

    @property
    def depth(self) -> int:
        """How many comprehensions stand inside each other at most."""
        return max((1 + sum(1 for _ in self.around(each.name_at)) for each in self.comprehensions), default=0)


def read(source: str) -> Reading:
    """Raises `UnreadableExpression`."""
    tokens = tokens_of(source)
    partner = _partners(tokens)
    comprehensions = tuple(_comprehensions(tokens, partner))
    declared = {each.name_at + 2 for each in comprehensions}
    return Reading(
        source,
        tokens,
        tuple(path for path in _paths(tokens, partner) if path.first not in declared),
        comprehensions,
        tuple(token for index, token in enumerate(tokens) if _is_call(tokens, index) and not _is_macro(tokens, index)),
    )


def _text(tokens: tuple[Token, ...], index: int) -> str:
    return tokens[index].text if 0 <= index < len(tokens) else ""


def _partners(tokens: tuple[Token, ...]) -> dict[int, int]:
    """Index of every opening bracket's closing one."""
    stack: list[int] = []
    partner = {}
    for index, token in enumerate(tokens):
        if token.kind != "sign":
            continue
        if token.text in _OPENING:
            stack.append(index)
        elif token.text in _CLOSING:
            if not stack or _OPENING[tokens[stack[-1]].text] != token.text:
                raise UnreadableExpression(f"{token.text!r} closes nothing", token.start)
            partner[stack.pop()] = index
    if stack:
        unclosed = tokens[stack[-1]]
        raise UnreadableExpression(f"{unclosed.text!r} is not closed", unclosed.start)
    return partner


def _is_call(tokens: tuple[Token, ...], index: int) -> bool:
    return tokens[index].kind == "name" and tokens[index].text not in _WORDS and _text(tokens, index + 1) == "("


def _is_macro(tokens: tuple[Token, ...], index: int) -> bool:
    return _is_call(tokens, index) and tokens[index].text in COMPREHENSIONS and _text(tokens, index - 1) == "."


def _paths(tokens: tuple[Token, ...], partner: dict[int, int]) -> Iterator[Path]:
    for index, token in enumerate(tokens):
        starts = token.kind == "name" and token.text not in _WORDS and _text(tokens, index - 1) != "."
        if starts and not _is_call(tokens, index):
            selectors, last = _selectors(tokens, partner, index)
            yield Path(token.text, selectors, index, last)


def _selectors(tokens: tuple[Token, ...], partner: dict[int, int], root: int) -> tuple[tuple[str | int, ...], int]:
    found: list[str | int] = []
    at = root + 1
    while at + 1 < len(tokens):
        following = tokens[at + 1]
        if tokens[at].text == "." and following.kind == "name" and _text(tokens, at + 2) != "(":
            found.append(following.text)
            at += 2
        elif tokens[at].text == "[" and partner[at] == at + 2 and following.kind == "string":
            found.append(string_value(following))
            at += 3
        elif tokens[at].text == "[" and partner[at] == at + 2 and following.text.isdigit():
            found.append(int(following.text))
            at += 3
        else:
            break
    return tuple(found), at - 1


def _comprehensions(tokens: tuple[Token, ...], partner: dict[int, int]) -> Iterator[Comprehension]:
    for index, token in enumerate(tokens):
        if not _is_macro(tokens, index) or _text(tokens, index + 3) != ",":
            continue
        closing = partner[index + 1]
        arguments = tuple(_arguments(tokens, partner, index + 4, closing))
        yield Comprehension(token.text, index, tokens[index + 2].text, arguments, closing)


def _arguments(
    tokens: tuple[Token, ...], partner: dict[int, int], start: int, closing: int
) -> Iterator[tuple[int, int]]:
    at = first = start
    while at < closing:
        if tokens[at].text == "," and tokens[at].kind == "sign":
            yield first, at - 1
            first = at + 1
        at = partner.get(at, at) + 1
    yield first, closing - 1

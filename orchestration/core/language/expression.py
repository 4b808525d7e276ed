"""One CEL expression: compiled once, bounded, and explained where it cannot be evaluated."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from orchestration.core.language import bounds
from orchestration.core.language.bounds import OutOfBounds, Scale, as_json
from orchestration.core.language.cel_library import cel
from orchestration.core.language.guarding import FUNCTIONS as OWN_FUNCTIONS
from orchestration.core.language.guarding import Guard, costs_of, guarded
from orchestration.core.language.ordering import as_it_came
from orchestration.core.language.reading import COMPREHENSIONS, FUNCTIONS, NAMES, Path, Reading, read
from orchestration.core.language.tokens import UnreadableExpression

_MISFIT = (
    "the types do not fit: whole and decimal numbers do not mix, nor numbers and text; "
    "convert with int(), double() or string()"
)


class ExpressionError(Exception):
    """An expression cannot be compiled or evaluated, and never will on these values: a permanent error."""

    def __init__(self, expression: str, values: Mapping[str, Any], reason: str, offset: int = 0) -> None:
        self.expression = expression
        self.values = values  # what was seen, by path
        self.reason = reason
        self.offset = offset  # where in the text it was found, for those that cannot be compiled
        super().__init__(expression, dict(values), reason)

    def __str__(self) -> str:
        seen = ", ".join(f"{path} = {_brief(value)}" for path, value in self.values.items())
        return f"`{self.expression.strip()}`: {self.reason}" + (f" ({seen})" if seen else "")


def _brief(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= 200 else f"{said[:199]}…"


class Expression:
    """One compiled expression. Immutable; the same source is compiled once, see `expression`."""

    __slots__ = ("_free", "_functions", "_program", "_roots", "reading", "references", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self.reading = _bounded(source)
            cel.compile(source)
            self._program = cel.compile(guarded(self.reading))
        except UnreadableExpression as error:
            raise ExpressionError(source, {}, error.reason, error.offset) from error
        except ValueError as error:
            raise ExpressionError(source, {}, *_syntax(str(error), source)) from error
        self._functions = OWN_FUNCTIONS if any(call.text == "size" for call in self.reading.calls) else None
        self._free = self.reading.free_paths
        self._roots = _members(self._free)
        self.references: frozenset[str] = frozenset(self._roots.get("steps") or ())

    @property
    def roots(self) -> frozenset[str]:
        """The names of the context that it reads."""
        return frozenset(self._roots)

    def evaluate(self, context: Mapping[str, Any]) -> Any:
        """A JSON value. Raises `ExpressionError`."""
        seen = self._seen(context)
        guard = None
        try:
            guard = self._guard(seen)
            functions = guard.functions if guard else self._functions
            result = self._program.execute(cel.Context(seen, functions) if functions else seen)
            return as_it_came(as_json(result), (_at(seen, path)[0] for path in self._free))
        except BaseException as error:  # the library's own panics are no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                raise
            raise self._error(context, self._reason(error, context, guard)) from error

    def _seen(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The part of the context that the expression reads. A step that has no result is null."""
        seen: dict[str, Any] = {}
        for root, members in self._roots.items():
            if root not in context:
                raise self._error(context, f"{root} is not known here")
            value = context[root]
            if root == "steps":
                value = {step: value.get(step) for step in self.references}
            elif members is not None and isinstance(value, Mapping):
                value = {name: value[name] for name in members if name in value}
            seen[root] = value
        return seen

    def _guard(self, seen: Mapping[str, Any]) -> Guard | None:
        """Raises `OutOfBounds` where the values are too large or would be read too often."""
        scale = Scale()
        for value in seen.values():
            scale.add(value)
        if scale.total * len(self.reading.paths) <= bounds.MAX_COPIED and not self.reading.comprehensions:
            return None
        places = {str(path): path for path in self._free}
        weights = {name: Scale().add(_at(seen, path)[0]) for name, path in places.items()}
        bound = len(self.reading.paths) - len(self._free)
        copied = sum(weights[str(path)] for path in self._free)
        if copied > bounds.MAX_COPIED or scale.total * bound > bounds.MAX_READ:
            raise OutOfBounds("it reads large values too often")
        return Guard(self.reading, costs_of(self.reading, lambda path: weights[str(path)], scale.heaviest_item))

    def _error(self, context: Mapping[str, Any], reason: str) -> ExpressionError:
        values = {}
        for path in self._free:
            value, reached = _at(context, path)
            if path.root in context:
                values[str(reached or path)] = value if reached is None else _at(context, reached)[0]
        return ExpressionError(self.source, values, reason)

    def _reason(self, error: BaseException, context: Mapping[str, Any], guard: Guard | None) -> str:
        if guard is not None and guard.left < 0:
            return "it looks at too many items; expressions are for small lists"
        if isinstance(error, OutOfBounds):
            return str(error)
        if "'_size'" in str(error):
            return "size counts the characters of a text and the items of a list or a mapping; this is none of them"
        if isinstance(error, (KeyError, TypeError)):
            return self._missing(context) or (_MISFIT if isinstance(error, TypeError) else f"there is no {error}")
        return str(error).partition(". Check")[0] or type(error).__name__

    def _missing(self, context: Mapping[str, Any]) -> str | None:
        """Says which link of a path is null or not there."""
        for path in self._free:
            _, reached = _at(context, path)
            if reached is None:
                continue
            value = _at(context, reached)[0]
            wanted = path.selectors[len(reached.selectors)]
            if value is None:
                return f"{reached} is null, so it has no {wanted!r}"
            if isinstance(value, Mapping):
                near = difflib.get_close_matches(str(wanted), list(map(str, value)), n=1)
                return f"{reached} has no {wanted!r}" + (f"; did you mean {near[0]!r}?" if near else "")
            return f"{reached} has no {wanted!r}: it is {_kind(value)}"
        return None


def _at(context: Mapping[str, Any], path: Path) -> tuple[Any, Path | None]:
    """The value at a path; or null and the longest part of the path that is there."""
    value = context.get(path.root)
    for index, selector in enumerate(path.selectors):
        try:
            value = value[selector]  # type: ignore[index]
        except (TypeError, KeyError, IndexError):
            return None, Path(path.root, path.selectors[:index], path.first, path.last)
    return value, None


def _members(paths: tuple[Path, ...]) -> dict[str, frozenset[str] | None]:
    """For every name of the context its members that are read, or None where it is read as a whole."""
    found: dict[str, frozenset[str] | None] = {}
    for path in paths:
        member = path.selectors[0] if path.selectors else None
        known = found.get(path.root, frozenset())
        found[path.root] = known | {member} if isinstance(member, str) and known is not None else None
    return found


def _kind(value: Any) -> str:
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else f"{value!r}"


@lru_cache(maxsize=8192)
def expression(source: str) -> Expression:
    """The compiled expression. Raises `ExpressionError`."""
    return Expression(source)


def _bounded(source: str) -> Reading:
    """Reads the source and holds it to the bounds that need no values. Raises `UnreadableExpression`."""
    size = len(source.encode(errors="surrogatepass"))
    if size > bounds.MAX_BYTES:
        raise UnreadableExpression(f"an expression has at most {bounds.MAX_BYTES} bytes; this one has {size}", 0)
    reading = read(source)
    if not reading.tokens:
        raise UnreadableExpression("the expression is empty", 0)
    if reading.depth > bounds.MAX_DEPTH:
        raise UnreadableExpression("at most one comprehension may stand inside another", 0)
    for fault in (*_call_faults(reading), *_name_faults(reading)):
        raise fault
    return reading


def _call_faults(reading: Reading) -> Iterator[UnreadableExpression]:
    patterns = [call for call in reading.calls if call.text == "matches"]
    if len(patterns) > bounds.MAX_PATTERNS:
        yield UnreadableExpression(f"matches may be called at most {bounds.MAX_PATTERNS} times", patterns[-1].start)
    for call in reading.calls:
        if call.text not in FUNCTIONS:
            near = difflib.get_close_matches(call.text, FUNCTIONS | COMPREHENSIONS, n=1)
            yield UnreadableExpression(
                f"there is no function {call.text}" + (f"; did you mean {near[0]}?" if near else ""), call.start
            )


def _name_faults(reading: Reading) -> Iterator[UnreadableExpression]:
    for each in reading.comprehensions:
        if each.variable in NAMES or each.variable.startswith("_"):
            at = reading.tokens[each.name_at].start
            yield UnreadableExpression(f"{each.variable} cannot name an item of {each.name}; choose another name", at)
    for path in reading.free_paths:
        if path.root == "steps" and not (path.selectors and isinstance(path.selectors[0], str)):
            yield UnreadableExpression("steps is followed by the id of a step", reading.tokens[path.first].start)


def _syntax(message: str, source: str) -> tuple[str, int]:
    """The first complaint of the CEL library, and its offset."""
    _, found, rest = message.partition("ERROR: <input>:")
    if not found:
        return "it is not a valid expression", 0
    line, _, rest = rest.partition(":")
    column, _, said = rest.partition(": ")
    before = source.split("\n")[: int(line) - 1]
    said = said.split("\n")[0].removeprefix("Syntax error: ").partition(" expecting {")[0]
    said = "it ends too early" if "<EOF>" in said else said
    return said, sum(len(each) + 1 for each in before) + int(column) - 1

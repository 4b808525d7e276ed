"""Values of the language: `${ CEL }` alone keeps its type, inside a text it is formatted, null as nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.core.language.coercion import coerce
from orchestration.core.language.expression import Expression, ExpressionError, expression
from orchestration.core.language.template import lone_expression, pieces_of
from orchestration.core.language.tokens import UnreadableExpression

__all__ = ["ExpressionError", "Value", "coerce", "compile_value", "evaluate_or_say"]

COULD_NOT_BE_SHOWN = "(could not be shown)"


class Value:
    """A compiled value: scalars, texts with expressions, lists and mappings of them."""

    __slots__ = ("_compiled", "expressions", "raw", "references", "roots")

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._compiled = _compiled(raw)
        self.expressions: tuple[Expression, ...] = tuple(_expressions(self._compiled))
        # The ids of the steps it reads.
        self.references: frozenset[str] = frozenset().union(*(each.references for each in self.expressions))
        # The names of the context that it reads.
        self.roots: frozenset[str] = frozenset().union(*(each.roots for each in self.expressions))

    @property
    def text(self) -> str:
        """The value as it was written, for people."""
        return self.raw if isinstance(self.raw, str) else json.dumps(self.raw, ensure_ascii=False)

    def evaluate(self, context: Mapping[str, Any]) -> Any:
        """A JSON value. Raises `ExpressionError`."""
        return _evaluated(self._compiled, context)

    def __repr__(self) -> str:
        return f"Value({self.raw!r})"


class _Text(tuple[str | Expression, ...]):
    """Stretches of text and expressions, joined when evaluated."""

    __slots__ = ()


def compile_value(raw: Any) -> Value:
    """Raises `ExpressionError`, its offset counting in the text that holds the expression."""
    return Value(raw)


def _compiled(raw: Any) -> Any:
    if isinstance(raw, str):
        return _compiled_text(raw) if "$" in raw else raw
    if isinstance(raw, Mapping):
        return {name: _compiled(item) for name, item in raw.items()}
    if isinstance(raw, (list, tuple)):
        return [_compiled(item) for item in raw]
    return raw


def _compiled_text(text: str) -> Any:
    try:
        pieces = pieces_of(text)
    except UnreadableExpression as error:
        raise ExpressionError(text, {}, error.reason, error.offset) from error
    compiled = []
    for piece in pieces:
        try:
            compiled.append(expression(piece.text) if piece.is_expression else piece.text)
        except ExpressionError as error:
            raise ExpressionError(error.expression, {}, error.reason, piece.offset + error.offset) from error
    if lone_expression(pieces):
        return next(part for part in compiled if isinstance(part, Expression))
    return _Text(compiled)


def _expressions(compiled: Any) -> Iterator[Expression]:
    if isinstance(compiled, Expression):
        yield compiled
    elif isinstance(compiled, (_Text, list, dict)):
        for part in compiled.values() if isinstance(compiled, dict) else compiled:
            yield from _expressions(part)


def _evaluated(compiled: Any, context: Mapping[str, Any]) -> Any:
    if isinstance(compiled, Expression):
        return compiled.evaluate(context)
    if isinstance(compiled, _Text):
        return "".join(part if isinstance(part, str) else formatted(part.evaluate(context)) for part in compiled)
    if isinstance(compiled, dict):
        return {name: _evaluated(item, context) for name, item in compiled.items()}
    if isinstance(compiled, list):
        return [_evaluated(item, context) for item in compiled]
    return compiled


def formatted(value: Any) -> str:
    """A value inside a text: null as nothing, whole numbers without a point, lists and mappings as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return json.dumps(value, ensure_ascii=False)


def evaluate_or_say(value: Value, context: Mapping[str, Any]) -> str:
    """A text for people: what cannot be evaluated is said in its place, the rest stays."""
    compiled = value._compiled  # noqa: SLF001 - the same module
    parts = compiled if isinstance(compiled, _Text) else (compiled,)
    return "".join(_shown(part, context) for part in parts)


def _shown(part: Any, context: Mapping[str, Any]) -> str:
    try:
        return formatted(_evaluated(part, context))
    except ExpressionError:
        return COULD_NOT_BE_SHOWN

"""Reads a JSON object that came from outside, strictly: what two readers could take two ways is refused.

The bounds keep out what the database, CEL or a careless reader would stumble over later.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

from orchestration.exceptions import OrchestrationError

MAX_DEPTH = 64
MAX_INTEGER = 1 << 63
MAX_DIGITS = 400


class MalformedBody(OrchestrationError):
    """The body is not a JSON object."""


def read_json_object(raw: bytes) -> dict[str, Any]:
    """The object in these bytes. Raises MalformedBody, and says what is wrong."""
    document = _parsed(_decoded(raw))
    if not isinstance(document, dict):
        raise MalformedBody("The body has to be a JSON object.")
    for text in _texts(document):
        _check_text(text)
    return document


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"The body is not UTF-8: byte {error.start} cannot be read.") from None


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise MalformedBody(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise MalformedBody(_TOO_DEEP) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise MalformedBody(f"The name {twice[:80]!r} occurs twice in one object.")
    return found


def _constant(name: str) -> Any:
    raise MalformedBody(f"{name} is not a JSON number.")


def _float(digits: str) -> float:
    number = float(digits) if len(digits) <= MAX_DIGITS else math.inf
    if math.isinf(number):
        raise MalformedBody("A number is too large.")
    return number


def _integer(digits: str) -> int:
    number = int(digits) if len(digits) <= MAX_DIGITS else MAX_INTEGER
    if not -MAX_INTEGER <= number < MAX_INTEGER:
        raise MalformedBody("A whole number is too large: 64 bits are the limit.")
    return number


def _texts(document: dict[str, Any]) -> Iterator[str]:
    """All names and texts, without recursion."""
    waiting: list[tuple[Any, int]] = [(document, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise MalformedBody(_TOO_DEEP)
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            waiting.extend((inner, depth + 1) for inner in value.values())
        elif isinstance(value, list):
            waiting.extend((inner, depth + 1) for inner in value)


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise MalformedBody("A text holds a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise MalformedBody("A text holds half of a surrogate pair.") from None


_TOO_DEEP = f"The body is nested too deeply: {MAX_DEPTH} levels are the limit."

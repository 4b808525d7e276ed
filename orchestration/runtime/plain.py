"""Values from outside as JSON can carry them and any database can keep them."""

from __future__ import annotations

import json
from typing import Any

from orchestration.exceptions import PermanentError


def storable(text: str) -> bool:
    """PostgreSQL keeps neither NUL characters nor halves of surrogate pairs."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def plain(value: Any) -> Any:
    """The value as plain JSON; what cannot be stored in a text becomes the replacement character.

    Raises `PermanentError` for what is no JSON at all, NaN included.
    """
    try:
        return _cleaned(json.loads(json.dumps(value, allow_nan=False)))
    except (TypeError, ValueError) as error:
        raise PermanentError(f"The answer cannot be stored as JSON: {error}", code="not_json") from error


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return value if storable(value) else _replaced(value)
        case dict():
            return {_cleaned(name): _cleaned(item) for name, item in value.items()}
        case list():
            return [_cleaned(item) for item in value]
        case _:
            return value


def _replaced(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def own(value: Any) -> Any:
    """A copy for somebody who may change it."""
    match value:
        case dict():
            return {name: own(item) for name, item in value.items()}
        case list() | tuple():
            return [own(item) for item in value]
        case _:
            return value

"""Validates an input against a workflow's schema; a pattern never takes more than linear time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from orchestration.core.language.cel_library import cel


@lru_cache(maxsize=1)
def _matcher() -> Any:
    return cel.compile("text.matches(pattern)")


def _pattern(_: Any, pattern: str, given: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(given, str) and not _matcher().execute({"text": given, "pattern": pattern}):
        yield ValidationError(f"{given[:60]!r} does not match {pattern!r}")


_Validator: Any = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]


def input_faults(given: Any, schema: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every fault as {"path", "message"}, the path as a JSON Pointer; empty where the input fits."""
    found = _Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).iter_errors(given)
    faults = [
        {"path": "/" + "/".join(map(str, error.absolute_path)), "message": error.message[:300]} for error in found
    ]
    return sorted(faults, key=lambda fault: fault["path"])

"""The input's JSON Schema: valid, of an object, without references elsewhere, endless loops or slow patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from orchestration.core.language.cel_library import cel
from orchestration.core.language.cursor import Cursor

_IN_PLACE = ("allOf", "anyOf", "oneOf")
_IN_PLACE_ONE = ("not", "if", "then", "else")


def check_schema(cursor: Cursor) -> Mapping[str, Any]:
    """The schema as it is written; an open one where it cannot be used."""
    schema = cursor.plain()
    if not isinstance(schema, Mapping):
        cursor.expected("a JSON Schema of type object")
        return {}
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        place = _reached(cursor, error.absolute_path)
        place.fault(f"This is not valid JSON Schema: {error.message[:200]}")
        return {}
    if schema.get("type") != "object":
        cursor.fault("The input is an object: write `type: object`.")
    unsound = [part for part in _parts(cursor) if not _is_sound(part, schema)]
    return {} if unsound else schema


def _reached(cursor: Cursor, path: Any) -> Cursor:
    for part in path:
        if isinstance(cursor.value, dict) and part in cursor.value:
            cursor = cursor.at(part)
        elif isinstance(cursor.value, list) and isinstance(part, int) and part < len(cursor.value):
            cursor = list(cursor.items("a list"))[part]
        else:
            break
    return cursor


def _parts(cursor: Cursor) -> Iterator[Cursor]:
    """Every mapping in the schema."""
    if isinstance(cursor.value, dict):
        yield cursor
        for _, child in cursor.children():
            yield from _parts(child)
    elif isinstance(cursor.value, list):
        for child in cursor.items("a list"):
            yield from _parts(child)


def _is_sound(part: Cursor, root: Mapping[str, Any]) -> bool:
    reference = part.get("$ref")
    if reference is not None and isinstance(reference.value, str):
        if not isinstance(referred(reference.value, root), Mapping):
            reference.fault("A reference points into the same schema, such as #/$defs/address, at something there.")
            return False
        if _loops(part.plain(), root, ()):
            reference.fault("This reference leads back to itself without end.")
            return False
    pattern = part.get("pattern")
    if pattern is not None and isinstance(pattern.value, str):
        return _is_usable(pattern, pattern.value)
    return True


def _is_usable(cursor: Cursor, pattern: str) -> bool:
    """Patterns are matched in linear time, so look-around and back references are no part of them."""
    try:
        re.compile(pattern)
        cel.compile("text.matches(pattern)").execute({"text": "", "pattern": pattern})
    except (re.error, RuntimeError, ValueError, OverflowError, RecursionError):
        cursor.fault("This pattern cannot be used: look-around, back references and very large repeats are not known.")
        return False
    return True


def referred(reference: str, root: Any) -> Any:
    """What a reference inside a schema points at; None where it points at nothing there."""
    if not reference.startswith("#"):
        return None
    found = root
    for part in reference.removeprefix("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _loops(schema: Any, root: Any, seen: tuple[str, ...]) -> bool:
    """Whether following references at the same place of the value never ends."""
    if not isinstance(schema, Mapping):
        return False
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference in seen or len(seen) > 50:
            return True
        if _loops(referred(reference, root), root, (*seen, reference)):
            return True
    applied = [part for name in _IN_PLACE for part in schema.get(name, ()) if isinstance(schema.get(name), list)]
    applied += [schema[name] for name in _IN_PLACE_ONE if name in schema]
    return any(_loops(part, root, seen) for part in applied)

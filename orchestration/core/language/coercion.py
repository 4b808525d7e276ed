"""Numbers as the schema means them: `number` is a double, `integer` an integer, whatever the sender wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.language.check_schema import referred

_SUBSCHEMAS = ("allOf", "anyOf", "oneOf")


def coerce(given: Any, schema: Any) -> Any:
    """A copy of the input in which numbers have the schema's types. What does not fit stays, for the validator.

    References inside a schema (`$ref`) are followed where they point into the same schema.
    """
    return _coerced(given, schema, schema, 0)


def _coerced(given: Any, schema: Any, root: Any, depth: int) -> Any:
    if not isinstance(schema, Mapping) or depth > 60:
        return given
    if isinstance(schema.get("$ref"), str):
        given = _coerced(given, referred(schema["$ref"], root), root, depth + 1)
    for name in _SUBSCHEMAS:
        for each in schema.get(name, ()):
            given = _coerced(given, each, root, depth + 1)
    if isinstance(given, Mapping):
        return _mapping(given, schema, root, depth)
    if isinstance(given, list):
        return _list(given, schema, root, depth)
    return _number(given, schema.get("type"))


def _mapping(given: Mapping[str, Any], schema: Mapping[str, Any], root: Any, depth: int) -> dict[str, Any]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties")
    return {name: _coerced(item, properties.get(name, others), root, depth + 1) for name, item in given.items()}


def _list(given: list[Any], schema: Mapping[str, Any], root: Any, depth: int) -> list[Any]:
    first = schema.get("prefixItems", ())
    rest = schema.get("items")
    return [
        _coerced(item, first[index] if index < len(first) else rest, root, depth + 1)
        for index, item in enumerate(given)
    ]


def _number(given: Any, type_: Any) -> Any:
    types = {type_} if isinstance(type_, str) else set(type_ or ())
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return given
    if isinstance(given, int) and "number" in types and "integer" not in types:
        return float(given) if abs(given) < 2**1023 else given
    if isinstance(given, float) and "integer" in types and given.is_integer():
        return int(given)
    return given

"""Checks values against where they stand: the names they read, the steps that can have run, the fields that exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jsonschema import Draft202012Validator

from orchestration.core.language.cursor import Cursor
from orchestration.core.language.expression import Expression
from orchestration.core.language.expressions import ExpressionError, Value, compile_value
from orchestration.core.language.faults import nearest
from orchestration.core.language.reading import Path
from orchestration.core.language.template import lone_expression, pieces_of
from orchestration.core.language.tokens import UnreadableExpression

Schema = Mapping[str, Any] | None

RUN: Schema = {
    "properties": {"id": {}, "key": {}, "source": {}, "workflow": {}},
    "additionalProperties": False,
}
LATER_NAMES = {
    "item": "item is known only inside each",
    "number": "number is known only inside each and repeat",
    "previous": "previous is known only inside repeat",
    "message": "message is known only in triggers",
    "error": "error is known only in on_error",
    "queue": "queue is not available in this version",
    "task": "task is not available in this version",
    "sla": "sla is known only in the conditions of escalation levels",
}
_OPEN_ENDED = ("$ref", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas")


LONGEST_NUMBER = "#10000"


class OnlyInside(dict[str, Any]):
    """In the place of a result's schema: the step is visible only inside its loop."""

    def __init__(self, loop: str) -> None:
        super().__init__()
        self.loop = loop


@dataclass(frozen=True)
class Scope:
    """What a value may read at its place in the text."""

    names: Mapping[str, Schema]  # input, run, and in levels sla
    results: Mapping[str, Schema] = field(default_factory=dict)  # of the steps that can have run before, by id
    lines: Mapping[str, int] = field(default_factory=dict)  # of every step of the workflow, by id
    reads_steps: bool = True
    place: str = ""  # the path of the block: the ids and names around it, each with a slash

    def with_name(self, name: str, schema: Schema) -> Scope:
        return replace(self, names={**self.names, name: schema})

    def inside(self, step: str, block: str) -> Scope:
        return replace(self, place=f"{self.place}{step}/{block}/")

    def inside_loop(self, step: str) -> Scope:
        return replace(self, place=f"{self.place}{step}{LONGEST_NUMBER}/")

    def after(self, results: Mapping[str, Schema]) -> Scope:
        return replace(self, results={**self.results, **results})


def closed(*names: str) -> Schema:
    """The schema of a mapping with just these names."""
    return {"properties": {name: {} for name in names}, "additionalProperties": False}


def narrow(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema as expressions are checked against it: reading what it does not name is a slip."""
    if not schema.get("properties"):
        return {**schema}
    return {"additionalProperties": False, **schema}


def check_value(cursor: Cursor, scope: Scope) -> Any:
    """The value as it is written, checked through and through."""
    for text in _texts(cursor):
        value = _compiled(text)
        for each in value.expressions if value else ():
            _check_expression(text, each, scope)
    return cursor.plain()


def check_said(cursor: Cursor, scope: Scope, what: str) -> Any:
    """Something that people read: a text, with or without expressions, or a number."""
    if isinstance(cursor.value, (dict, list)) or cursor.value is None:
        cursor.expected(what)
        return None
    return check_value(cursor, scope)


def check_condition(cursor: Cursor, scope: Scope, what: str = "a condition such as ${ input.amount > 100.0 }") -> Any:
    """A condition is one expression, alone."""
    try:
        alone = isinstance(cursor.value, str) and lone_expression(pieces_of(cursor.value)) is not None
    except UnreadableExpression:
        alone = True  # what is wrong with it is said below
    if not alone:
        cursor.expected(what)
        return None
    return check_value(cursor, scope)


def _texts(cursor: Cursor) -> Iterator[Cursor]:
    if isinstance(cursor.value, str):
        yield cursor
    elif isinstance(cursor.value, dict):
        for _, child in cursor.children():
            yield from _texts(child)
    elif isinstance(cursor.value, list):
        for child in cursor.items("a list"):
            yield from _texts(child)


def _compiled(cursor: Cursor) -> Value | None:
    try:
        return compile_value(cursor.value)
    except ExpressionError as error:
        said = " ".join(error.expression.split())
        cursor.fault(f"The expression `{said[:120]}` cannot be read: {error.reason}.")
        return None


def _check_expression(cursor: Cursor, each: Expression, scope: Scope) -> None:
    for path in each.reading.free_paths:
        if path.root == "steps" and scope.reads_steps:
            _check_step(cursor, path, scope)
        elif path.root in scope.names:
            _check_fields(cursor, path, scope.names[path.root], path.root, 0)
        else:
            known = [*scope.names, *(["steps"] if scope.reads_steps else [])]
            why = LATER_NAMES.get(path.root)
            cursor.fault(f"{why}." if why else f"{path.root!r} is not known here.{nearest(path.root, known)}")


def _check_step(cursor: Cursor, path: Path, scope: Scope) -> None:
    step = str(path.selectors[0])
    known = scope.results.get(step)
    if isinstance(known, OnlyInside):
        cursor.fault(f"The step {step!r} can be read only inside {known.loop!r}; outside, read steps.{known.loop}.")
        return
    if step in scope.results:
        _check_fields(cursor, path, scope.results[step], f"steps.{step}", 1)
        return
    if step in scope.lines:
        cursor.fault(f"The step {step!r} on line {scope.lines[step]} cannot have run before this one.")
        return
    dashed = next((name for name in scope.lines if name.startswith(f"{step}-")), None)
    hint = f" For an id with a dash write steps[{dashed!r}]." if dashed else nearest(step, scope.results)
    cursor.fault(f"There is no step {step!r}.{hint}")


def _check_fields(cursor: Cursor, path: Path, schema: Schema, reached: str, start: int) -> None:
    """Follows the path through the schema as far as the schema says what there is."""
    for selector in path.selectors[start:]:
        if not isinstance(schema, Mapping) or any(name in schema for name in _OPEN_ENDED):
            return
        if isinstance(selector, int):
            schema = schema.get("items")
            reached = f"{reached}[{selector}]"
            continue
        properties = schema.get("properties", {})
        if selector not in properties:
            if schema.get("additionalProperties") is False:
                cursor.fault(f"{reached} has no {selector!r}.{nearest(selector, properties)}")
            return
        schema = properties[selector]
        reached = f"{reached}.{selector}"


def schema_at(cursor: Cursor, scope: Scope) -> Mapping[str, Any] | None:
    """The schema of what a lone path such as ${ input.lines } gives, as far as it is known."""
    value = _quiet(cursor.value)
    if value is None or len(value.expressions) != 1 or len(value.expressions[0].reading.free_paths) != 1:
        return None
    reading = value.expressions[0].reading
    path = reading.free_paths[0]
    if (path.first, path.last) != (0, len(reading.tokens) - 1) or not isinstance(cursor.value, str):
        return None
    schema = scope.results.get(str(path.selectors[0])) if path.root == "steps" else scope.names.get(path.root)
    for selector in path.selectors[1 if path.root == "steps" else 0 :]:
        if not isinstance(schema, Mapping) or any(name in schema for name in _OPEN_ENDED):
            return None
        found = schema.get("items") if isinstance(selector, int) else schema.get("properties", {}).get(selector)
        schema = found if isinstance(found, Mapping) else None
    return schema


def check_given(cursor: Cursor | None, schema: Schema, owner: Cursor, what: str) -> None:
    """What is given to a tool against its input schema, as far as it is known before the run."""
    if not isinstance(schema, Mapping) or any(name in schema for name in _OPEN_ENDED):
        return
    properties = schema.get("properties", {})
    given = cursor.value if cursor is not None else {}
    if not isinstance(given, dict):
        return
    for name in schema.get("required", ()):
        if name not in given:
            (cursor or owner).fault(f"{what} needs {name!r}.")
    for name, child in cursor.children() if cursor is not None else ():
        if name in properties:
            _check_one(child, properties[name], f"{name!r} of {what}")
        elif schema.get("additionalProperties") is False:
            child.fault(f"{what} has no {name!r}.{nearest(name, properties)}", at_key=True)


def _check_one(cursor: Cursor, schema: Any, what: str) -> None:
    if not isinstance(schema, Mapping):
        return
    value = _quiet(cursor.plain())
    if value is None:
        return
    if not value.expressions:
        for error in Draft202012Validator(schema).iter_errors(value.evaluate({})):
            cursor.fault(f"{what} does not fit: {error.message[:200]}")
    elif isinstance(cursor.value, dict):
        check_given(cursor, schema, cursor, what)
    elif isinstance(cursor.value, str) and lone_expression(pieces_of(cursor.value)) is None:
        types = schema.get("type", "string")
        if "string" not in ([types] if isinstance(types, str) else types):
            cursor.fault(f"{what} is of type {types}; an expression inside a text gives text.")


def _quiet(raw: Any) -> Value | None:
    """The compiled value; None where it is faulty, which has been said already."""
    try:
        return compile_value(raw)
    except ExpressionError:
        return None

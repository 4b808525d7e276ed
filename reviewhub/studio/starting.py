"""A form made from a workflow's input schema, and the input made from what was filled in.

What cannot be read as its type is passed on as it was typed: the door's check says what is wrong with it,
by the same words and paths that a webhook would get.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

Schema = Mapping[str, Any]
WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
DECIMAL = re.compile(r"[+-]?[0-9]{0,30}\.?[0-9]{1,30}(?:[eE][+-]?[0-9]{1,3})?")
REQUIRED = re.compile(r"'(.+)' is a required property")
LONG = 200  # characters from which a text gets room


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to fill in. `path` is its JSON pointer and its name in the form."""

    path: str
    label: str
    control: str  # text, email, date, datetime-local, url, number, checkbox, select, area, lines, json, group
    schema: Schema
    required: bool
    help: str = ""
    options: tuple[Option, ...] = ()
    entries: tuple[Entry, ...] = ()  # of a group
    value: str = ""
    faults: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its id in the page."""
        return "input" + self.path.replace("/", "-")

    @property
    def step(self) -> str:
        return "1" if self.schema.get("type") == "integer" else "any"


def entries_of(schema: Schema, parent: str = "") -> tuple[Entry, ...]:
    required = set(schema.get("required", ()))
    properties: Mapping[str, Schema] = schema.get("properties", {})
    return tuple(
        _entry(f"{parent}/{_escaped(name)}", name, part, name in required) for name, part in properties.items()
    )


def _entry(path: str, name: str, schema: Schema, required: bool) -> Entry:
    control = control_of(schema)
    default = schema.get("default")
    entry = Entry(
        path=path,
        label=str(schema.get("title") or readable(name)),
        control=control,
        schema=schema,
        required=required,
        help=str(schema.get("description", "")),
        value="" if default is None else _shown(default, control),
    )
    if control == "select":
        return replace(entry, options=tuple(Option(_scalar(value), _scalar(value)) for value in schema["enum"]))
    if control == "group":
        return replace(entry, entries=entries_of(schema, path))
    return entry


def control_of(schema: Schema) -> str:
    if "enum" in schema:
        return "select"
    kind = schema.get("type")
    if kind == "object":
        return "group" if schema.get("properties") else "json"
    if kind == "array":
        return "lines" if schema.get("items", {}).get("type") == "string" else "json"
    if kind in ("number", "integer"):
        return "number"
    if kind == "boolean":
        return "checkbox"
    return _text_control(schema) if kind == "string" else "json"


def _text_control(schema: Schema) -> str:
    by_format = {"email": "email", "date": "date", "date-time": "datetime-local", "uri": "url"}
    if schema.get("format") in by_format:
        return by_format[schema["format"]]
    return "area" if schema.get("maxLength", 0) > LONG or schema.get("contentMediaType") else "text"


def readable(name: str) -> str:
    """`cost_center` as a label: Cost center."""
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def filled(entries: Sequence[Entry], posted: Mapping[str, str]) -> tuple[Entry, ...]:
    """The same form with what was typed into it."""
    return tuple(
        replace(entry, entries=filled(entry.entries, posted))
        if entry.control == "group"
        else replace(entry, value=posted.get(entry.path, ""))
        for entry in entries
    )


def input_of(entries: Sequence[Entry]) -> dict[str, Any]:
    """The run's input. What was left empty is left out, unless it is required: then the check says so."""
    result: dict[str, Any] = {}
    for entry in entries:
        value = _read(entry)
        if value is not None:
            result[_name(entry.path)] = value
    return result


def _read(entry: Entry) -> Any:
    if entry.control == "group":
        inside = input_of(entry.entries)
        return inside if inside or entry.required else None
    if entry.control == "checkbox":
        return entry.value == "on"
    if not entry.value.strip():
        return None
    return READERS.get(entry.control, _as_typed)(entry)


def _as_typed(entry: Entry) -> Any:
    return entry.value


def _number(entry: Entry) -> Any:
    text = entry.value.strip()
    if WHOLE.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text) and isfinite(float(text)):
        return float(text)
    return text


def _lines(entry: Entry) -> Any:
    return [line.strip() for line in entry.value.splitlines() if line.strip()]


def _json(entry: Entry) -> Any:
    try:
        return json.loads(entry.value)
    except ValueError:
        return entry.value


def _choice(entry: Entry) -> Any:
    return next((value for value in entry.schema["enum"] if _scalar(value) == entry.value), entry.value)


def _instant(entry: Entry) -> Any:
    """A browser leaves seconds and zone out; the format wants them, and the form says which zone it means."""
    text = entry.value.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    aware = at if at.tzinfo else timezone.make_aware(at)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")


READERS = {"number": _number, "lines": _lines, "json": _json, "select": _choice, "datetime-local": _instant}


def blamed(entries: Sequence[Entry], faults: Sequence[Mapping[str, str]]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """The form with each fault at its field, and those that belong to none of them."""
    paths = set(_paths(entries))
    by_path: dict[str, list[str]] = {}
    for fault in faults:
        path, message = _missing(fault) or (fault.get("path", ""), fault["message"])
        by_path.setdefault(_nearest(path, paths), []).append(message)
    return _with_faults(entries, by_path), tuple(by_path.get("", ()))


def _missing(fault: Mapping[str, str]) -> tuple[str, str] | None:
    """JSON Schema blames the object for a missing property; the form blames the field that was left empty."""
    named = REQUIRED.fullmatch(fault["message"])
    if named is None:
        return None
    return f"{fault.get('path', '').rstrip('/')}/{_escaped(named[1])}", _("This has to be filled in.")


def _paths(entries: Sequence[Entry]) -> list[str]:
    return [path for entry in entries for path in (entry.path, *_paths(entry.entries))]


def _nearest(path: str, known: set[str]) -> str:
    while path and path not in known:
        path = path.rpartition("/")[0]
    return path


def _with_faults(entries: Sequence[Entry], by_path: Mapping[str, list[str]]) -> tuple[Entry, ...]:
    return tuple(
        replace(entry, faults=tuple(by_path.get(entry.path, ())), entries=_with_faults(entry.entries, by_path))
        for entry in entries
    )


def _shown(value: Any, control: str) -> str:
    if control == "checkbox":
        return "on" if value else ""
    if control == "lines":
        return "\n".join(str(item) for item in value)
    return json.dumps(value, ensure_ascii=False, indent=2) if control == "json" else _scalar(value)


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _name(path: str) -> str:
    return path.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

"""Waits and events: for how long, until when, for what; and what is told to whoever waits."""

from __future__ import annotations

import re
from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_values import Schema, Scope, check_value, closed
from orchestration.core.language.cursor import Cursor

EVENT = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
EVENT_IS = "the name of an event in small letters, digits, dots, - and _, such as order.paid"
RECEIVED = "received"  # the outcome of a wait whose event came
WAIT_KEYS = ("for", "until", "event", "calendar", "key", "unanswered")
EMIT_KEYS = ("event", "key", "with")


def check_wait(cursor: Cursor, scope: Scope, catalogue: Catalogue) -> tuple[dict[str, Any], Schema]:
    """The canonical wait, and the schema of its result."""
    if not cursor.mapping(WAIT_KEYS):
        return {}, None
    ways = [name for name in ("for", "until", "event") if cursor.get(name) is not None]
    if len(ways) != 1:
        cursor.fault("A wait says one of for (a time), until (an instant) or event.")
        return {}, None
    _only_with(cursor, "calendar", "for", ways[0])
    _only_with(cursor, "key", "event", ways[0])
    _only_with(cursor, "unanswered", "event", ways[0])
    if ways[0] == "event":
        return _event(cursor, scope), closed("outcome", "payload", "at", "id")
    return _time(cursor, scope, catalogue), closed("at")


def _only_with(cursor: Cursor, name: str, way: str, found: str) -> None:
    if way != found and (child := cursor.get(name)) is not None:
        child.fault(f"`{name}` goes with `{way}`.", at_key=True)


def _time(cursor: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    for_, until, calendar = (cursor.get(name) for name in ("for", "until", "calendar"))
    if until is not None:
        return {"until": check_said_instant(until, scope)}
    made: dict[str, Any] = {"for": for_.duration(least=0.001) if for_ is not None else None}
    if calendar is not None:
        made["calendar"] = calendar.among(catalogue.calendars, "a calendar")
    return made


def check_said_instant(cursor: Cursor, scope: Scope) -> Any:
    """An instant, written or computed."""
    if cursor.text("an instant such as ${ input.starts_at }") is None:
        return None
    return check_value(cursor, scope)


def _event(cursor: Cursor, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {"event": check_event_name(cursor.at("event"))}
    key = cursor.required("key", "what tells this event from others of its name, such as ${ input.invoice }")
    made["key"] = check_key(key, scope) if key is not None else None
    unanswered = cursor.get("unanswered")
    if unanswered is not None and unanswered.mapping(("after", "outcome")):
        after = unanswered.required("after", "the time until the wait ends by itself, such as 10d")
        outcome = unanswered.required("outcome", "the outcome that then counts, such as too_late")
        name = outcome.name() if outcome is not None else None
        if outcome is not None and name == RECEIVED:
            outcome.fault(f"{RECEIVED!r} is the outcome of a wait whose event came; expected another name.")
        made["unanswered"] = {"after": after.duration(least=1) if after is not None else None, "outcome": name}
    return made


def check_event_name(cursor: Cursor) -> str | None:
    if not isinstance(cursor.value, str) or not EVENT.fullmatch(cursor.value):
        cursor.expected(EVENT_IS)
        return None
    return cursor.value


def check_key(cursor: Cursor, scope: Scope) -> Any:
    """A key is a text, a number, or an expression that gives one."""
    value = cursor.value
    if isinstance(value, str):
        return check_value(cursor, scope) if cursor.text("a key", 500) is not None else None
    if isinstance(value, bool) or not isinstance(value, int):
        cursor.expected("a key such as ${ input.invoice }")
    return value


def check_emit(cursor: Cursor, scope: Scope) -> dict[str, Any]:
    if not cursor.mapping(EMIT_KEYS):
        return {}
    event = cursor.required("event", EVENT_IS)
    key = cursor.required("key", "what tells this event from others of its name, such as ${ input.invoice }")
    given = cursor.get("with")
    made: dict[str, Any] = {
        "event": check_event_name(event) if event is not None else None,
        "key": check_key(key, scope) if key is not None else None,
        "with": check_value(given, scope) if given is not None and given.mapping() else {},
    }
    return made

"""What starts runs by itself, and which signed messages are told to runs as events."""

from __future__ import annotations

from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_schema import check_schema
from orchestration.core.language.check_values import Scope, check_value, closed, narrow
from orchestration.core.language.check_waits import EVENT_IS, check_event_name, check_key
from orchestration.core.language.cursor import Cursor

LATER_TRIGGERS = {
    "email": "An e-mail trigger",
    "schedule": "A schedule",
    "stream": "A message stream",
    "database": "A database trigger",
    "files": "A watched folder",
}


def check_triggers(cursor: Cursor, catalogue: Catalogue) -> list[dict[str, Any]]:
    made = [_trigger(each, catalogue) for each in cursor.items("a list of triggers")]
    paths = [each["webhook"]["path"] for each in made if "path" in each.get("webhook", {})]
    if len(set(paths)) < len(paths):
        cursor.fault("Two webhooks have the same path.")
    return made


def _trigger(cursor: Cursor, catalogue: Catalogue) -> dict[str, Any]:
    if not cursor.mapping(("webhook", "event"), LATER_TRIGGERS):
        return {}
    webhook, event = cursor.get("webhook"), cursor.get("event")
    if event is not None:
        if webhook is not None:
            cursor.fault("A trigger is one of webhook and event.")
        return {"event": _event(event)}
    if webhook is not None:
        return _webhook(webhook, catalogue)
    if not any(name in LATER_TRIGGERS for name in cursor.value):
        cursor.fault("Expected a trigger, such as webhook: {path: …, secret: …}.")
    return {}


def _webhook(cursor: Cursor, catalogue: Catalogue) -> dict[str, Any]:
    if not cursor.mapping(("path", "secret", "event")):
        return {}
    path = cursor.required("path", "the last part of the address, such as purchase-requests")
    secret = cursor.required("secret", "the connection that holds the signing secret")
    event = cursor.get("event")
    webhook = {
        "path": path.slug("a path of small letters, digits, - and _") if path else None,
        "secret": secret.among(catalogue.connections, "a connection") if secret else None,
    }
    return {"webhook": webhook | ({"event": _told_event(event)} if event is not None else {})}


def _told_event(cursor: Cursor) -> dict[str, Any]:
    """The event that a signed message is told as, its key made from the message; `schema` says what it may hold."""
    if not cursor.mapping(("name", "key", "schema")):
        return {}
    name = cursor.required("name", EVENT_IS)
    key = cursor.required("key", "what tells this event from others of its name, such as ${ message.payload.invoice }")
    schema = cursor.get("schema")
    made: dict[str, Any] = {"name": check_event_name(name) if name is not None else None}
    held = check_schema(schema) if schema is not None else None
    names = {"properties": {"id": {}, "payload": narrow(held or {})}, "additionalProperties": False}
    if key is not None:
        made["key"] = check_key(key, Scope({"message": names}, reads_steps=False))
    return made | ({"schema": held} if held is not None else {})


def _event(cursor: Cursor) -> dict[str, Any]:
    """An event's name, or {name, map}: what the run's input is made of, where it is not the payload itself."""
    if isinstance(cursor.value, str):
        return {"name": check_event_name(cursor)}
    if not cursor.mapping(("name", "map")):
        return {}
    name, map_ = cursor.required("name", EVENT_IS), cursor.get("map")
    made: dict[str, Any] = {"name": check_event_name(name) if name is not None else None}
    if map_ is not None and map_.mapping():
        made["map"] = check_value(map_, Scope({"message": closed("id", "key", "payload")}, reads_steps=False))
    return made

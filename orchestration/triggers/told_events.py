"""Signed messages that are told to runs as events: held to their schema, their key made from what they say."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from orchestration.core.language.coercion import coerce
from orchestration.core.language.expressions import ExpressionError, compile_value
from orchestration.core.language.validation import input_faults
from orchestration.core.waits import key_text
from orchestration.exceptions import InvalidInput
from orchestration.runtime.events import LONGEST_ID, Sent, send_event, sent_before
from orchestration.triggers.addresses import WebhookTrigger


def tell(trigger: WebhookTrigger, event: Mapping[str, Any], message_id: str, body: dict[str, Any]) -> Sent:
    """Once for the message's id, whatever it says the second time. Raises `InvalidInput` with every fault."""
    name, id_ = event["name"], _event_id(trigger.path, message_id)
    try:
        payload = _held(body, event.get("schema", {}))
        key = _key(event["key"], message_id, payload)
    except InvalidInput:
        known = sent_before(name, id_)
        if known is None:
            raise
        return known
    return send_event(name=name, key=key, payload=payload, actor=trigger.sender, event_id=id_)


def _event_id(path: str, message_id: str) -> str:
    """Two senders that count from one do not take each other's events for their own."""
    told = f"{path}:{message_id}"
    return told if len(told) <= LONGEST_ID else f"{path}:{hashlib.sha256(message_id.encode()).hexdigest()}"


def _held(body: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = coerce(body, schema)
    faults = input_faults(payload, schema)
    if faults:
        raise InvalidInput(faults)
    return payload


def _key(written: Any, message_id: str, payload: Mapping[str, Any]) -> str:
    value = compile_value(written)
    try:
        return key_text(value, value.evaluate({"message": {"id": message_id, "payload": payload}}))
    except ExpressionError as error:
        raise InvalidInput([{"path": "/", "message": f"The event's key cannot be made: {error}"}]) from error

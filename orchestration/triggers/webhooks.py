"""Webhooks that come in: proving the sender and taking one event."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.exceptions import OrchestrationError
from orchestration.ports import Actor, clock
from orchestration.runtime.starting import Started, start_current
from orchestration.triggers.addresses import WebhookTrigger
from orchestration.triggers.json_body import read_json_object
from orchestration.triggers.signatures import UnusableSecret, verify


class TriggerNotReady(OrchestrationError):
    """The connection that would prove the sender is missing, switched off or without a usable secret."""


def accept_webhook(*, trigger: WebhookTrigger, headers: Mapping[str, str], body: bytes) -> Started:
    """Starts the run that the event asks for, once for its `webhook-id`. `headers` have names in lower case.

    Raises `TriggerNotReady`, `BadSignature`, `StaleSignature`, `MalformedBody`, `InvalidInput`.
    """
    event_id = _proven(trigger, headers, body)
    return start_current(
        trigger.workflow,
        input=read_json_object(body),
        actor=Actor("system", f"connection:{trigger.connection}", f"Webhook {trigger.path}"[:150]),
        source=f"webhook:{trigger.path}"[:100],
        event_id=event_id,
    )


def _proven(trigger: WebhookTrigger, headers: Mapping[str, str], body: bytes) -> str:
    try:
        return verify(trigger.secret, headers, body, clock().system_now())
    except UnusableSecret:
        raise TriggerNotReady(f"The connection of the webhook {trigger.path!r} cannot prove its sender.") from None

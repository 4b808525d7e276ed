"""How work comes in from outside."""

from orchestration.triggers.addresses import WebhookTrigger, webhook_trigger
from orchestration.triggers.json_body import MalformedBody, read_json_object
from orchestration.triggers.signatures import BadSignature, StaleSignature
from orchestration.triggers.webhooks import Arrived, Taken, TriggerNotReady, accept_webhook, accept_webhooks

__all__ = [
    "Arrived",
    "BadSignature",
    "MalformedBody",
    "StaleSignature",
    "Taken",
    "TriggerNotReady",
    "WebhookTrigger",
    "accept_webhook",
    "accept_webhooks",
    "read_json_object",
    "webhook_trigger",
]

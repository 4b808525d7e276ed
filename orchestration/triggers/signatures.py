"""Checks a webhook's signature after the Standard Webhooks specification (standardwebhooks.com).

The sender signs `id.timestamp.body` with HMAC-SHA256; while it changes its secret it may send several signatures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from orchestration.exceptions import OrchestrationError
from orchestration.triggers.json_body import MalformedBody

TOLERANCE = timedelta(minutes=5)
MAX_SIGNATURES = 16

_ID = re.compile(r"[\x21-\x7e]{1,255}")
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")


class BadSignature(OrchestrationError):
    """The webhook is not signed as it has to be."""


class StaleSignature(BadSignature):
    """The webhook was signed too long ago, or in the future."""


class UnusableSecret(OrchestrationError):
    """The connection's signing secret cannot be used."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The message's id. `headers` are looked up in lower case; `now` is system time."""
    message_id, timestamp, signatures = _read(headers)
    _check_time(timestamp, now)
    checked = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signatures}
    try:
        _webhook(secret).verify(_text(body), checked, json_parse=False)
    except WebhookVerificationError:
        raise BadSignature("No signature matches the body and the secret.") from None
    return message_id


def _read(headers: Mapping[str, str]) -> tuple[str, str, str]:
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    offered = headers.get("webhook-signature", "").split(" ")
    signatures = [offer for offer in offered[:MAX_SIGNATURES] if _SIGNATURE.fullmatch(offer)]
    if not (_ID.fullmatch(message_id) and _TIMESTAMP.fullmatch(timestamp) and signatures):
        raise BadSignature("The headers webhook-id, webhook-timestamp and webhook-signature (v1) are needed.")
    return message_id, timestamp, " ".join(signatures)


def _check_time(timestamp: str, now: datetime) -> None:
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise StaleSignature(f"The timestamp is more than {TOLERANCE.seconds // 60} minutes away from now.")


def _webhook(secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (ValueError, EmptyWebhookSecretError):
        raise UnusableSecret from None


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise MalformedBody("The body is not UTF-8.") from None

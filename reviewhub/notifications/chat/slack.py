"""Slack's Web API, and the signature of what Slack sends us (docs.slack.dev, "Verifying requests from Slack")."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.conf import settings

from reviewhub.notifications.chat.port import Card, ChatUnavailable, Posted

TIMEOUT = 10.0  # seconds
TOLERANCE = 300.0  # seconds that a request may be old, or ahead


def is_configured() -> bool:
    return bool(settings.SLACK_BOT_TOKEN)


class Slack:
    """Implements `ChatService`."""

    def post(self, member: str, card: Card) -> Posted:
        answer = _call("chat.postMessage", channel=member, text=card.text, blocks=list(card.blocks))
        return Posted(str(answer["channel"]), str(answer["ts"]))

    def update(self, posted: Posted, card: Card) -> None:
        _call("chat.update", channel=posted.channel, ts=posted.ts, text=card.text, blocks=list(card.blocks))

    def whisper(self, channel: str, member: str, text: str) -> None:
        _call("chat.postEphemeral", channel=channel, user=member, text=text)


def is_signed(headers: Any, body: bytes, now: datetime) -> bool:
    """Whether Slack has sent exactly this, just now."""
    timestamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not settings.SLACK_SIGNING_SECRET or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE:
        return False
    said = b"v0:" + timestamp.encode() + b":" + body
    mac = hmac.new(settings.SLACK_SIGNING_SECRET.encode(), said, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={mac}".encode(), signature.encode())


def _call(method: str, **said: Any) -> dict[str, Any]:
    import httpx

    headers = {"Authorization": f"Bearer {settings.SLACK_BOT_TOKEN}"}
    try:
        answer = httpx.post(
            f"{settings.SLACK_API_URL}/{method}", json=said, headers=headers, timeout=TIMEOUT, follow_redirects=False
        )
        found: Any = answer.json() if answer.is_success else {"error": f"http_{answer.status_code}"}
    except (httpx.HTTPError, ValueError) as error:
        raise ChatUnavailable(f"Slack could not be asked for {method}: {type(error).__name__}") from error
    if not isinstance(found, dict) or found.get("ok") is not True:
        why = found.get("error", "no answer") if isinstance(found, dict) else "no answer"
        raise ChatUnavailable(f"Slack refused {method}: {str(why)[:100]}")
    return found

"""Slack's Web API, and the signature of what Slack sends us (docs.slack.dev, "Verifying requests from Slack")."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.functional import Promise

from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.port import NOW, OFF, ChannelBusy
from reviewhub.notifications.chat.cards import card_of
from reviewhub.notifications.models import ChatIdentity, Notice

TIMEOUT = 10.0  # seconds
TOLERANCE = 300.0  # seconds that a request may be old, or ahead


def is_configured() -> bool:
    return bool(settings.SLACK_BOT_TOKEN)


class Slack:
    """Implements `Channel`. Its address is a member ID; its place the conversation and the message's number in it."""

    name = "chat"
    title: str | Promise = "Slack"
    ways: tuple[str, ...] = (NOW, OFF)
    changes = True

    def is_set_up(self) -> bool:
        return is_configured()

    def addresses_of(self, people: Collection[Person]) -> Mapping[int, Sequence[str]]:
        if not is_configured():
            return {}
        linked = ChatIdentity.objects.filter(person__in=people)
        return {person: (member,) for person, member in linked.values_list("person_id", "member")}

    def deliver(self, notice: Notice, address: str) -> str:
        card = card_of(notice)
        answer = ask("chat.postMessage", channel=address, text=card.text, blocks=list(card.blocks))
        return f"{answer['channel']} {answer['ts']}"

    def change(self, notice: Notice, place: str) -> None:
        card, (channel, _, ts) = card_of(notice), place.partition(" ")
        ask("chat.update", channel=channel, ts=ts, text=card.text, blocks=list(card.blocks))


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


def ask(method: str, **said: Any) -> dict[str, Any]:
    """What Slack's Web API answers. Raises ChannelBusy."""
    import httpx

    headers = {"Authorization": f"Bearer {settings.SLACK_BOT_TOKEN}"}
    try:
        answer = httpx.post(
            f"{settings.SLACK_API_URL}/{method}", json=said, headers=headers, timeout=TIMEOUT, follow_redirects=False
        )
        found: Any = answer.json() if answer.is_success else {"error": f"http_{answer.status_code}"}
    except (httpx.HTTPError, ValueError) as error:
        raise ChannelBusy(f"Slack could not be asked for {method}: {type(error).__name__}") from error
    if not isinstance(found, dict) or found.get("ok") is not True:
        why = found.get("error", "no answer") if isinstance(found, dict) else "no answer"
        raise ChannelBusy(f"Slack refused {method}: {str(why)[:100]}")
    return found

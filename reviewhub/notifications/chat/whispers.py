"""What one person in a conversation is told alone: what became of their tap, where it was not taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration import api
from orchestration.api import on_topic
from reviewhub.direction import in_order
from reviewhub.notifications.chat.slack import ask

WHISPERS = "chat.whisper"


@on_topic(WHISPERS)
def whisper(payload: Mapping[str, Any], key: str) -> None:
    ask("chat.postEphemeral", channel=payload["channel"], user=payload["member"], text=in_order(payload["text"]))


def say(*, channel: str, member: str, text: str, key: str) -> None:
    """In the caller's transaction. The same key is said once."""
    api.send_later(topic=WHISPERS, key=key, payload={"channel": channel, "member": member, "text": text})

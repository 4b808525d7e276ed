"""What a chat service has to be able to do, in its own words; what is said is made by `cards`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class ChatUnavailable(Exception):
    """The chat did not take it. It is tried again from the outbox."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands, so that it can be changed later."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Card:
    """`text` is for where no blocks are shown: notifications and screen readers."""

    text: str
    blocks: Sequence[Mapping[str, Any]]


class ChatService(Protocol):
    """Every call raises `ChatUnavailable` where it was not taken."""

    def post(self, member: str, card: Card) -> Posted:
        """To one person, by the chat's own name for them."""
        ...

    def update(self, posted: Posted, card: Card) -> None: ...

    def whisper(self, channel: str, member: str, text: str) -> None:
        """Something that nobody else in the conversation sees."""
        ...

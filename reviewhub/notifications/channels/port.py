"""What a channel has to be able to do. Whom it reaches, what it says, and what it says once a task is settled.

When something is told, whether it still is to be told, and that it is told once: that is asked for every channel in one
place (`delivering`). An act that comes back over a channel goes through one door too (`acts`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from django.utils.functional import Promise

from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Notice

NOW, PENDING, DIGEST, OFF = "now", "pending", "digest", "off"


class ChannelBusy(Exception):
    """The other side did not take it now. It is tried again from the outbox."""


class Channel(Protocol):
    name: str  # for ever: choices, deliveries and messages in the outbox carry it
    title: str | Promise
    ways: tuple[str, ...]  # how somebody may choose to be told there; the first where nothing was chosen
    changes: bool  # whether what stands there can be changed later

    def is_set_up(self) -> bool:
        """Whether this installation can speak there at all."""
        ...

    def addresses_of(self, people: Collection[Person]) -> Mapping[int, Sequence[str]]:
        """Where each person, by id, is reached; nobody where the channel is not set up, and then without a query."""
        ...

    def deliver(self, notice: Notice, address: str) -> str:
        """Says it there. Answers where it stands, so that it can be changed; empty where nothing can be.

        Raises ChannelBusy.
        """
        ...

    def change(self, notice: Notice, place: str) -> None:
        """What stands there says how its task is now. Raises ChannelBusy. Never called where `changes` is false."""
        ...

"""The figures of teams, pushed to the pages that show them: made once for each person and page, however often
something changes, and anew each minute, because time alone changes them too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterable
from typing import Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from reviewhub.accounts.models import Person
from reviewhub.realtime.hub import Socket, hub
from reviewhub.realtime.rendering import figures_of

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds: a burst of changes makes one picture
RESTS = 3.0  # times as long as the last one took, before the next
ANEW_EVERY = 60.0  # seconds


class Follower(Socket, Protocol):
    person: Person
    figures: str | None  # of which team: a queue's slug, "" for all that the person leads, None for none


class _Figures:
    """One for each event loop; at most one page at a time."""

    def __init__(self) -> None:
        self._followers: set[Follower] = set()
        self._waiting: dict[tuple[int, str], None] = {}
        self._making: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None

    def follow(self, socket: Follower) -> None:
        self._followers.add(socket)
        self.soon([socket])
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew())

    def leave(self, socket: Follower) -> None:
        self._followers.discard(socket)
        if not self._followers and self._renewing is not None:
            self._renewing.cancel()
            self._renewing = None

    def soon(self, sockets: Iterable[Follower]) -> None:
        for socket in sockets:
            if socket in self._followers and socket.figures is not None:
                self._waiting[socket.person.pk, socket.figures] = None
        if self._waiting and (self._making is None or self._making.done()):
            self._making = asyncio.create_task(self._make_all())

    async def _make_all(self) -> None:
        await asyncio.sleep(PAUSE)
        while self._waiting:
            person_id, team = next(iter(self._waiting))
            del self._waiting[person_id, team]
            began = time.monotonic()
            try:
                html = await database_sync_to_async(figures_of)(person_id, team)
            except Exception:
                log.exception("The figures of %r for person %s could not be made.", team, person_id)
            else:
                await self._tell(person_id, team, html)
            await asyncio.sleep(RESTS * (time.monotonic() - began))

    async def _tell(self, person_id: int, team: str, html: str | None) -> None:
        """Nothing where the person leads it no more."""
        if html is None:
            return
        text = json.dumps({"kind": "figures", "team": team, "html": html})
        await hub().welcome(self._showing(person_id, team))
        for socket in self._showing(person_id, team):
            socket.hear(text)

    def _showing(self, person_id: int, team: str) -> list[Follower]:
        there = set(hub().everybody())
        return [
            each for each in self._followers if each in there and (each.person.pk, each.figures) == (person_id, team)
        ]

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(ANEW_EVERY)
            self.soon(list(self._followers))


_all: WeakKeyDictionary[asyncio.AbstractEventLoop, _Figures] = WeakKeyDictionary()


def figures() -> _Figures:
    """This loop's."""
    return _all.setdefault(asyncio.get_running_loop(), _Figures())

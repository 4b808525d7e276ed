"""A process's sockets. It hears of every change once, and passes it on to those that may hear of it.

Who may hear is settled by the groups that a socket has joined, and whether a socket may stay is looked at again
before it hears anything, for all of them together.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from reviewhub.realtime import groups
from reviewhub.realtime.presence import Presence
from reviewhub.realtime.rendering import patch_of, queue_patch_of
from reviewhub.realtime.welcome import Visitor, changed, unwelcome

log = logging.getLogger(__name__)

CHECKED_FOR = 5.0  # seconds: how long a socket goes on before the person and the session are looked at again


class Socket(Protocol):
    visitor: Visitor
    checked_at: float  # on the monotonic clock

    def hear(self, text: str) -> None:
        """Sends without waiting."""
        ...

    def look_again(self) -> None:
        """Says once more what it looks at, if anything."""
        ...

    def count_soon(self) -> None: ...

    def figures_soon(self) -> None: ...

    async def show_out(self) -> None: ...

    async def start_anew(self) -> None:
        """Ends so that the browser comes back, and hears of what it may hear of then."""
        ...


class Hub:
    """One for each event loop. It listens as long as there is a socket."""

    def __init__(self) -> None:
        self._members: defaultdict[str, set[Socket]] = defaultdict(set)
        self._joined: dict[Socket, set[str]] = {}
        self._entering = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._farewells: set[asyncio.Task[None]] = set()
        self.presence = Presence(self)

    async def enter(self, socket: Socket, names: Iterable[str]) -> None:
        """Returns when the socket hears of everything that is told from now on."""
        async with self._entering:
            if self._listening is None:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(groups.DESK, channel)
                self._listening = asyncio.create_task(self._listen(layer, channel))
                self._keeping = asyncio.create_task(self.presence.keep())
        self._joined[socket] = set()
        for name in names:
            self.join(socket, name)

    def leave(self, socket: Socket) -> None:
        for name in tuple(self._joined.pop(socket, ())):
            self._forget(socket, name)
        if not self._joined and self._listening is not None and self._keeping is not None:
            self._listening.cancel()
            self._keeping.cancel()
            self._listening = self._keeping = None
            self.presence = Presence(self)  # nobody is left who would hear how it goes on

    def join(self, socket: Socket, name: str) -> None:
        if socket in self._joined:
            self._members[name].add(socket)
            self._joined[socket].add(name)

    def part(self, socket: Socket, name: str) -> None:
        if name in self._joined.get(socket, ()):
            self._joined[socket].discard(name)
            self._forget(socket, name)

    def _forget(self, socket: Socket, name: str) -> None:
        self._members[name].discard(socket)
        if not self._members[name]:
            del self._members[name]

    # ---- who looks at what -------------------------------------------------------------------

    def show(self, socket: Socket, tasks: Iterable[str]) -> None:
        """From now on the socket's page shows these tasks, and no others."""
        tasks = list(tasks)
        for name in [name for name in self._joined.get(socket, ()) if name.startswith(groups.SHOWN)]:
            self.part(socket, name)
        for task in tasks:
            self.join(socket, groups.shown(task))
        self.presence.tell_at_once(socket, tasks)

    def showing(self, task: str) -> set[Socket]:
        return set(self._members.get(groups.shown(task), ()))

    def everybody(self) -> list[Socket]:
        return list(self._joined)

    def may_hear(self, socket: Socket, names: Iterable[str]) -> bool:
        return not self._joined.get(socket, set()).isdisjoint(names)

    # ---- what has changed --------------------------------------------------------------------

    async def _listen(self, layer: Any, channel: str) -> None:
        try:
            while True:
                message = await layer.receive(channel)
                await self._pass_on_all(message["told"])
        finally:
            await layer.group_discard(groups.DESK, channel)

    async def _pass_on_all(self, told: list[dict[str, Any]]) -> None:
        for each in told:
            try:
                await self._pass_on(each["to"], each["said"])
            except Exception:
                log.exception("A change could not be passed on: %s", each["said"].get("type"))

    async def _pass_on(self, names: list[str], said: dict[str, Any]) -> None:
        if said["type"] == "look":
            self.presence.heard({**said, "to": names})
            return
        if said["type"] in ("task", "queue"):
            self._renew_figures(names)
        if not self._hearing(names):
            return
        text = await self._text_of(said)
        await self.welcome(self._hearing(names))
        for socket in self._hearing(names):
            if text is not None:
                socket.hear(text)
            if said["type"] in ("task", "notice"):
                socket.count_soon()

    def _renew_figures(self, names: Iterable[str]) -> None:
        for socket in self._hearing(groups.teams_of(names)):
            socket.figures_soon()

    def _hearing(self, names: Iterable[str]) -> set[Socket]:
        return set().union(*(self._members[name] for name in names if name in self._members))

    async def _text_of(self, said: Mapping[str, Any]) -> str | None:
        """What a browser is sent: made once, whoever hears it."""
        match said["type"]:
            case "task":
                patch = await patch_of(UUID(said["task"]))
                return json.dumps({"kind": "task", **patch}) if patch is not None else None
            case "queue":
                found = await queue_patch_of(said["queue"])
                return json.dumps({"kind": "queue", **found}) if found is not None else None
            case "topic":
                return json.dumps({"kind": "changed", "topics": [said["topic"]]})
            case "notice":
                return json.dumps({"kind": "changed", "topics": ["notices"]})
            case _:
                return None

    async def welcome(self, sockets: Iterable[Socket]) -> None:
        """Shows out who was switched off or has signed out since the last look; who may hear of other things than when
        they came starts anew."""
        now = time.monotonic()
        due = [socket for socket in sockets if now - socket.checked_at >= CHECKED_FOR]
        if not due:
            return
        visitors = [socket.visitor for socket in due]
        gone = await database_sync_to_async(unwelcome)(visitors)
        others = await database_sync_to_async(changed)(visitors)
        for socket in due:
            socket.checked_at = now
            if socket.visitor in gone | others:
                self.leave(socket)
                self._bid_farewell(socket.show_out() if socket.visitor in gone else socket.start_anew())

    def _bid_farewell(self, said: Coroutine[Any, Any, None]) -> None:
        """Nobody waits for it: a browser that has gone by itself fails here, and one that reads nothing never ends."""
        farewell = asyncio.ensure_future(said)
        self._farewells.add(farewell)
        farewell.add_done_callback(self._farewells.discard)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """This loop's."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())

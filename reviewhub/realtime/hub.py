"""A process's sockets. It hears of every change once, and passes it on to those that may hear of it.

Who may hear is settled by the groups that a socket has joined, and whether a socket may stay is looked at again
before it hears anything, for all of them together.

Nothing passes unnoticed. Who comes is told what was told since their page was made (recent.py), and where changes may
have been lost on their way, every page looks anew (pulse.py).
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
from reviewhub.realtime.pulse import KIND as PULSE
from reviewhub.realtime.pulse import Pulse
from reviewhub.realtime.recent import Recent, Telling
from reviewhub.realtime.rendering import patch_of, queue_patch_of
from reviewhub.realtime.welcome import Visitor, changed, unwelcome

log = logging.getLogger(__name__)

CHECKED_FOR = 5.0  # seconds: how long a socket goes on before the person and the session are looked at again
BEGINS_WITHIN = 2.0  # seconds
PAUSE = 1.0  # seconds, after a message that could not be read
MOST_AGAIN = 50  # changes that are told one by one; of more the page is asked for as a whole
ALARMED_EVERY = 0.03  # seconds: about what a page takes to be made
MISSED = json.dumps({"kind": "missed"})
DEAF, HEARING = json.dumps({"kind": "deaf"}), json.dumps({"kind": "hearing"})


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
    """One for each event loop. It listens from the server's start on, whether somebody is there or not."""

    def __init__(self) -> None:
        self._members: defaultdict[str, set[Socket]] = defaultdict(set)
        self._joined: dict[Socket, set[str]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._pulse = Pulse(self)
        self._recent = Recent()
        self._alarm: asyncio.Task[None] | None = None
        self._farewells: set[asyncio.Task[None]] = set()
        self.presence = Presence(self)

    async def open(self) -> None:
        """Returns when changes are heard. Raises TimeoutError where that does not come; it goes on trying."""
        if not self._tasks:
            kept = (self._listen(), self._pulse.watch(), self.presence.keep())
            self._tasks = [asyncio.create_task(each) for each in kept]
        async with asyncio.timeout(BEGINS_WITHIN):
            await self._pulse.begun.wait()

    async def enter(self, socket: Socket, names: Iterable[str]) -> None:
        """Returns when the socket hears of everything that is told from now on.

        Raises TimeoutError where changes cannot be heard at all."""
        await self.open()
        self._joined[socket] = set()
        for name in names:
            self.join(socket, name)

    def leave(self, socket: Socket) -> None:
        for name in tuple(self._joined.pop(socket, ())):
            self._forget(socket, name)

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

    # ---- what was missed ---------------------------------------------------------------------

    async def catch_up(self, socket: Socket, since: float | None) -> None:
        """Tells what was told since then, on the monotonic clock, and is not told anew meanwhile.

        Where nobody knows what that was, or it is much, the page is told that it missed something."""
        await self._tell_what_it_missed(socket, since)
        if self._pulse.is_deaf:
            socket.hear(DEAF)

    async def _tell_what_it_missed(self, socket: Socket, since: float | None) -> None:
        names = self._joined.get(socket, set())
        missed = self._recent.since(since, names) if since is not None else None
        if missed is None or len(missed) > MOST_AGAIN:
            _tell_that_it_missed(socket)
            return
        for telling in missed:
            await self._make(telling)
        still = [telling for telling in missed if self._recent.is_last(telling) and telling.text is not None]
        if still:
            socket.hear(f'{{"kind":"again","said":[{",".join(str(telling.text) for telling in still)}]}}')
        if any(map(_is_counted, still)):
            socket.count_soon()

    def miss(self) -> None:
        """Every page looks anew for what it shows; what was told before now is no longer known."""
        self._recent.begin(time.monotonic())
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = asyncio.create_task(self._alarm_everybody())

    def turn_deaf(self) -> None:
        self._tell_everybody(DEAF)

    def hear_again(self) -> None:
        self._tell_everybody(HEARING)

    def _tell_everybody(self, text: str) -> None:
        for socket in self.everybody():
            socket.hear(text)

    async def _alarm_everybody(self) -> None:
        """One after the other: each page asks anew for all that it shows."""
        for socket in self.everybody():
            if socket in self._joined:
                _tell_that_it_missed(socket)
                socket.figures_soon()
                await asyncio.sleep(ALARMED_EVERY)

    # ---- what has changed --------------------------------------------------------------------

    async def _listen(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        self._tasks.append(asyncio.create_task(self._pulse.beat(layer, channel)))
        while True:
            try:
                message = await layer.receive(channel)
            except Exception:
                log.exception("A message could not be read.")
                await asyncio.sleep(PAUSE)
            else:
                await self._pass_on_all(message["told"])

    async def _pass_on_all(self, told: list[dict[str, Any]]) -> None:
        for each in told:
            try:
                await self._pass_on(each["to"], each["said"])
            except Exception:
                log.exception("A change could not be passed on: %s", each["said"].get("type"))

    async def _pass_on(self, names: list[str], said: dict[str, Any]) -> None:
        if said["type"] == PULSE:
            self._pulse.feel(said)
            return
        if said["type"] == "look":
            self.presence.heard({**said, "to": names})
            return
        telling = self._recent.note(names, said, time.monotonic())
        if said["type"] in ("task", "queue"):
            self._renew_figures(names)
        if not self._hearing(names):
            return
        await self._make(telling)
        await self.welcome(self._hearing(names))
        for socket in self._hearing(names):
            _tell(socket, telling)

    async def _make(self, telling: Telling) -> None:
        if not telling.is_made:
            telling.text = await self._text_of(telling.said)
            telling.is_made = True

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


def _tell(socket: Socket, telling: Telling) -> None:
    if telling.text is not None:
        socket.hear(telling.text)
    if _is_counted(telling):
        socket.count_soon()


def _is_counted(telling: Telling) -> bool:
    return telling.said["type"] in ("task", "notice")


def _tell_that_it_missed(socket: Socket) -> None:
    socket.hear(MISSED)
    socket.count_soon()


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """This loop's."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())

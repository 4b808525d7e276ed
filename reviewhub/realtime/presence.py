"""Who looks at which task right now. In memory alone: every process hears of every look and keeps all of them.

A look ends when its page goes or looks elsewhere, or when it was not said again for a while: whoever looked from a
process that died is gone by then. What changes within a moment is told together, to those who show the task.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

log = logging.getLogger(__name__)

SAID_AGAIN_AFTER = 30.0  # seconds: whoever still looks says so again
KEPT_FOR = 2.5 * SAID_AGAIN_AFTER
PAUSE = 0.25  # seconds: looks within it are told together
RESTS = 4.0  # times as long as the last telling took, before the next one
NAMED = 5  # people; of more only the number is told


@dataclass(frozen=True, slots=True)
class Look:
    """`by` names the page that looks: one person may have several."""

    task: str
    by: str
    person: int
    name: str
    initials: str
    to: tuple[str, ...]  # the groups that may know of it


class Looks:
    """All looks that this process knows of."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, tuple[Look, float]]] = {}  # by task, then by page; until when

    def begin(self, look: Look, now: float) -> bool:
        """Whether this shows something new, and is not said again."""
        pages = self._known.setdefault(look.task, {})
        is_new = all(known.person != look.person for known, _ in pages.values())
        pages[look.by] = (look, now + KEPT_FOR)
        return is_new

    def end(self, task: str, by: str) -> bool:
        """Whether the person is gone by this, and looks from no other page."""
        pages = self._known.get(task, {})
        found = pages.pop(by, None)
        if not pages:
            self._known.pop(task, None)
        return found is not None and all(known.person != found[0].person for known, _ in pages.values())

    def over(self, now: float) -> list[Look]:
        """What was not said again."""
        return [look for pages in self._known.values() for look, until in pages.values() if until < now]

    def groups_of(self, task: str) -> set[str]:
        return set().union(*(look.to for look, _ in self._known.get(task, {}).values()))

    def people_at(self, task: str) -> list[tuple[int, str, str]]:
        """(id, name, initials) of each, in the order of their coming."""
        return list({look.person: (look.person, look.name, look.initials) for look, _ in self._at(task)}.values())

    def _at(self, task: str) -> Iterable[tuple[Look, float]]:
        return self._known.get(task, {}).values()


class Listener(Protocol):
    def hear(self, text: str) -> None: ...

    def look_again(self) -> None:
        """Says once more what it looks at, if anything."""
        ...


class Room(Protocol):
    """The process's sockets, as far as looks are told to them."""

    def showing(self, task: str) -> Iterable[Any]: ...

    def everybody(self) -> Iterable[Any]: ...

    def may_hear(self, socket: Any, names: Iterable[str]) -> bool: ...

    async def welcome(self, sockets: Iterable[Any]) -> None: ...


class Presence:
    """What a hub does about looks, as long as it listens."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._looks = Looks()
        self._changed: set[str] = set()  # tasks
        self._ended: dict[str, set[str]] = {}  # by task: the groups that knew of a look that is over
        self._telling: asyncio.Task[None] | None = None

    def heard(self, said: Mapping[str, Any]) -> None:
        task, by, now = said["task"], said["by"], time.monotonic()
        if said["here"]:
            look = Look(task, by, said["person"], said["name"], said["initials"], tuple(said["to"]))
            changed = self._looks.begin(look, now)
        else:
            changed = self._end(task, by)
        if changed:
            self._tell_soon([task])

    def _end(self, task: str, by: str) -> bool:
        """Whether the person is gone by this; those who knew of it hear that."""
        knew = self._looks.groups_of(task)
        is_gone = self._looks.end(task, by)
        if is_gone:
            self._ended.setdefault(task, set()).update(knew)
        return is_gone

    def tell_at_once(self, socket: Listener, tasks: Iterable[str]) -> None:
        """To somebody who shows these from now on."""
        known = [task for task in tasks if self._room.may_hear(socket, self._looks.groups_of(task))]
        if known:
            socket.hear(_message([self._part(task) for task in known]))

    async def keep(self) -> None:
        """Says own looks again, and forgets others' that were not."""
        while True:
            for socket in self._room.everybody():
                socket.look_again()
            self._tell_soon([look.task for look in self._looks.over(time.monotonic()) if self._end(look.task, look.by)])
            await asyncio.sleep(SAID_AGAIN_AFTER)

    def _tell_soon(self, tasks: Iterable[str]) -> None:
        self._changed.update(tasks)
        if self._changed and (self._telling is None or self._telling.done()):
            self._telling = asyncio.create_task(self._tell_all())

    async def _tell_all(self) -> None:
        await asyncio.sleep(PAUSE)
        while self._changed:
            began = time.monotonic()
            try:
                await self._tell()
            except Exception:
                log.exception("Who looks at what could not be told.")
            await asyncio.sleep(max(PAUSE, RESTS * (time.monotonic() - began)))

    async def _tell(self) -> None:
        tasks, self._changed = self._changed, set()
        ended, self._ended = self._ended, {}
        hearing: dict[Any, list[str]] = {}
        for task in tasks:
            part, groups = self._part(task), self._looks.groups_of(task) | ended.get(task, set())
            for socket in self._room.showing(task):
                if self._room.may_hear(socket, groups):
                    hearing.setdefault(socket, []).append(part)
        await self._room.welcome(hearing)
        for socket, parts in hearing.items():
            socket.hear(_message(parts))

    def _part(self, task: str) -> str:
        people = self._looks.people_at(task)
        return f"{json.dumps(task)}:{json.dumps({'people': people[:NAMED], 'more': max(0, len(people) - NAMED)})}"


def _message(parts: Iterable[str]) -> str:
    return f'{{"kind":"looks","looks":{{{",".join(parts)}}}}}'

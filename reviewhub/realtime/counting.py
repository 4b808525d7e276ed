"""How many tasks each view has, told to those for whom it may have changed.

Counting costs the database more than the change itself did. So a burst is counted once, several sockets of one person
once, and all counting together takes no more than its share of the time: a large audience hears a little later.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from reviewhub.accounts.models import Person
from reviewhub.notifications.selectors import unread_count
from reviewhub.reviews.selectors import counts

log = logging.getLogger(__name__)

PAUSE = 0.5  # seconds: a burst of changes is counted once
RESTS = 3.0  # times as long as the last count took, before the next one


class Counted(Protocol):
    person: Person

    def hear_counts(self, counts: Mapping[str, int]) -> None: ...


class _Counting:
    """One for each event loop; at most one count at a time."""

    def __init__(self) -> None:
        self._waiting: dict[int, set[Counted]] = {}  # by person
        self._task: asyncio.Task[None] | None = None

    def add(self, socket: Counted) -> None:
        self._waiting.setdefault(socket.person.pk, set()).add(socket)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._count_all())

    async def _count_all(self) -> None:
        await asyncio.sleep(PAUSE)
        while self._waiting:
            person_id = next(iter(self._waiting))
            sockets = self._waiting.pop(person_id)
            began = time.monotonic()
            try:
                found = await database_sync_to_async(_counts)(person_id)
            except Exception:
                log.exception("The views of person %s could not be counted.", person_id)
            else:
                for socket in sockets:
                    socket.hear_counts(found)
            await asyncio.sleep(RESTS * (time.monotonic() - began))


def _counts(person_id: int) -> dict[str, int]:
    """The person is read anew: a socket lasts, and what somebody may see changes meanwhile."""
    person = Person.objects.get(pk=person_id)
    return {**counts(person), "notices": unread_count(person)}


_countings: WeakKeyDictionary[asyncio.AbstractEventLoop, _Counting] = WeakKeyDictionary()


def count_soon(socket: Counted) -> None:
    _countings.setdefault(asyncio.get_running_loop(), _Counting()).add(socket)

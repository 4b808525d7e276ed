"""Telling browsers that something has changed. Cheap, and nothing that goes wrong here reaches the caller.

What is told within a moment goes out together: one query for whom it concerns, and one message for all processes,
each of which passes it on to its own sockets (see hub.py).
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from redis.exceptions import RedisError

from reviewhub.realtime import groups
from reviewhub.reviews.announcements import Fact
from reviewhub.reviews.models import Assignment
from reviewhub.reviews.selectors.looked import is_looked_at_again

log = logging.getLogger(__name__)

GATHERED_FOR = 0.01  # seconds
AT_MOST_EVERY = 0.1  # seconds: under load more is gathered, and no process says the same twice in between

Told = dict[str, Any]  # {"to": [names of groups], "said": {"type", …}}


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """Everybody who may see the task is shown how it stands now."""

    task_id: UUID
    to: tuple[str, ...]
    people_too: bool  # whether somebody may have been asked by name


@dataclass(frozen=True, slots=True)
class Said:
    """A message that is complete already."""

    to: tuple[str, ...]
    type: str
    values: tuple[tuple[str, Any], ...] = ()


Change = TaskChanged | Said


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """The web server's own loop, in whose thread everything is sent as long as it runs."""
    if _post.loop is not loop:
        _post.begin(loop)


def desk_changed(fact: Fact) -> None:
    """For `reviewhub.reviews.announcements.when_changed`; of the run the engine tells itself.

    A task that has just opened was put before a queue, and before nobody by name. What is said of a closed case that is
    looked at again is not told to its queue: how it ended is not theirs to know.
    """
    to = groups.told_of(fact.task)
    if fact.kind == "commented" and is_looked_at_again(fact.task):
        to = tuple(name for name in to if name != groups.queue(fact.task.queue_id))
    _post.take(TaskChanged(fact.task.pk, to, fact.kind != "opened"))


def queue_changed(queue_id: int) -> None:
    """Everybody of the queue sees whether it is held, and whoever leads it its figures anew."""
    _post.take(Said((groups.queue(queue_id),), "queue", (("queue", queue_id),)))


def runs_changed(run_ids: Sequence[str]) -> None:
    """Whoever follows one of the runs, or all runs, looks again."""
    topics = [*map(groups.run, run_ids), groups.RUNS]
    _post.take(*(Said((topic,), "topic", (("topic", topic),)) for topic in topics))


def notice_added(person_id: int) -> None:
    """This person's bell counts again."""
    _post.take(Said((groups.person(person_id),), "notice"))


def looked(to: Iterable[str], told: Mapping[str, Any]) -> None:
    """Whoever shows the task sees who has it open. `told` is {"task", "by", "here"}, and who where somebody is."""
    _post.take(Said(tuple(to), "look", tuple(told.items())))


class _Post:
    """Changes that wait to be told together. Threads put them in; the loop's thread takes them away."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._waiting: dict[Change, None] = {}  # the same change is told once
        self._sent_at = float("-inf")

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Another loop takes over. What the one before had not sent any more was for sockets that ended with it; left
        here, nobody would start sending again."""
        with self._lock:
            self.loop, self._waiting = loop, {}

    def take(self, *changes: Change) -> None:
        """Without a loop, in a command for example, what is told at once goes out at once, as one message."""
        try:
            if self.loop is not None and self.loop.is_running():
                self._put(changes, self.loop)
            elif not isinstance(get_channel_layer(), InMemoryChannelLayer):
                async_to_sync(_send)(_addressed(changes))
        except Exception:
            log.exception("A change could not be told: %r", changes)

    def _put(self, changes: Iterable[Change], loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            is_first = not self._waiting
            for change in changes:
                self._waiting.pop(change, None)  # what is said again is said last
                self._waiting[change] = None
        if is_first:
            # In no request's context: what is asked there waits until the request's thread has made its page.
            loop.call_soon_threadsafe(self._start, loop, context=Context())

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._sending = loop.create_task(self._send_soon())

    async def _send_soon(self) -> None:
        await asyncio.sleep(max(GATHERED_FOR, self._sent_at + AT_MOST_EVERY - time.monotonic()))
        self._sent_at = time.monotonic()
        with self._lock:
            changes, self._waiting = tuple(self._waiting), {}
        try:
            asks = any(isinstance(change, TaskChanged) and change.people_too for change in changes)
            told = await database_sync_to_async(_addressed)(changes) if asks else _addressed(changes)
            await _send(told)
        except Exception:
            log.exception("%d changes could not be told.", len(changes))


_post = _Post()


def _addressed(changes: Iterable[Change]) -> list[Told]:
    """Each change with the groups that hear of it. One query for the people who were asked by name, if any."""
    changes = tuple(changes)
    asked = _asked([change.task_id for change in changes if isinstance(change, TaskChanged) and change.people_too])
    return [_told(change, asked) for change in changes]


def _told(change: Change, asked: Mapping[UUID, list[int]]) -> Told:
    if isinstance(change, Said):
        return {"to": list(change.to), "said": {"type": change.type, **dict(change.values)}}
    people = [groups.person(pk) for pk in asked.get(change.task_id, ())]
    return {"to": [*change.to, *people], "said": {"type": "task", "task": str(change.task_id)}}


def _asked(task_ids: list[UUID]) -> dict[UUID, list[int]]:
    found: dict[UUID, list[int]] = {}
    if task_ids:
        rows = Assignment.objects.filter(task__in=task_ids).order_by().values_list("task_id", "person_id").distinct()
        for task_id, person_id in rows:
            found.setdefault(task_id, []).append(person_id)
    return found


async def _send(told: list[Told]) -> None:
    """Once more where it fails: a connection that said nothing while Redis was started anew is found dead only by what
    is said over it next. What is told twice says how things stand."""
    layer, message = get_channel_layer(), {"type": "desk.told", "told": told}
    try:
        await layer.group_send(groups.DESK, message)
    except RedisError:
        await layer.group_send(groups.DESK, message)

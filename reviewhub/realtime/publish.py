"""Telling browsers that something has changed. Cheap, and nothing that goes wrong here reaches the caller."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

from reviewhub.realtime import groups

log = logging.getLogger(__name__)

_loop: asyncio.AbstractEventLoop | None = None


def use_loop(loop: asyncio.AbstractEventLoop) -> None:
    """The web server's own loop, in whose thread everything is sent as long as it runs."""
    global _loop
    _loop = loop


def desk_changed(task_id: UUID, run_id: UUID, kind: str) -> None:
    """For `reviewhub.reviews.announcements.when_changed`; of the run the engine tells itself."""
    task_changed(task_id)


def task_changed(task_id: UUID) -> None:
    """Everybody who may see the task is shown how it stands now."""
    try:
        told = groups.told_of(task_id)
    except Exception:
        log.exception("It could not be found out who sees task %s.", task_id)
        return
    _tell(told, {"type": "task.changed", "task": str(task_id), "stamp": uuid4().hex})


def run_changed(run_id: str) -> None:
    """Whoever follows the run, or all runs, looks again."""
    _tell((groups.run(run_id),), {"type": "topic.changed", "topic": groups.run(run_id)})
    _tell((groups.RUNS,), {"type": "topic.changed", "topic": groups.RUNS})


def notice_added(person_id: int) -> None:
    """This person's bell counts again."""
    _tell((groups.person(person_id),), {"type": "notice.added"})


def _tell(names: Iterable[str], message: Mapping[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        if _loop is not None and _loop.is_running():
            asyncio.run_coroutine_threadsafe(_send(layer, tuple(names), message), _loop)
        elif not isinstance(layer, InMemoryChannelLayer):
            async_to_sync(_send)(layer, tuple(names), message)
    except Exception:
        log.exception("A change could not be told: %s", message["type"])


async def _send(layer: Any, names: tuple[str, ...], message: Mapping[str, Any]) -> None:
    for name in names:
        try:
            await layer.group_send(name, dict(message))
        except Exception:
            log.exception("A change could not be told to %s.", name)

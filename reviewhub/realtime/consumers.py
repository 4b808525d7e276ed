"""One browser tab's socket. What it hears of is settled by permission when it connects, or when it asks."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from reviewhub.accounts.models import Person
from reviewhub.notifications.selectors import unread_count
from reviewhub.realtime import groups
from reviewhub.realtime.rendering import patch_of
from reviewhub.reviews.selectors import counts

SIGNED_OUT = 4401
CHECKED_FOR = 5.0  # seconds: how long a socket goes on before the person and the session are looked at again
COUNT_PAUSE = 0.5  # seconds: a burst of changes is counted once
MOST_TOPICS = 20


class DeskConsumer(AsyncJsonWebsocketConsumer):
    person: Person

    async def connect(self) -> None:
        user = self.scope["user"]
        if not isinstance(user, Person) or not user.is_active:
            await self.close(code=SIGNED_OUT)
            return
        self.person = user
        self._joined: set[str] = set()
        self._looks_at = ""
        self._seen: deque[str] = deque(maxlen=50)
        self._counting: asyncio.Task[None] | None = None
        self._checked_at = time.monotonic()
        for name in await database_sync_to_async(groups.heard_by)(user):
            await self._join(name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if not hasattr(self, "_joined"):
            return
        await self._look_away()
        if self._counting is not None:
            self._counting.cancel()
        for name in tuple(self._joined):
            await self.channel_layer.group_discard(name, self.channel_name)

    # ---- what the browser asks ---------------------------------------------------------------

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if not isinstance(content, dict):
            return
        if "look" in content:
            await self._look_away()
            await self._look_at(str(content["look"] or ""))
        topics = content.get("follow")
        if isinstance(topics, list):
            await self._follow([str(topic) for topic in topics[:MOST_TOPICS]])

    async def _follow(self, topics: list[str]) -> None:
        for topic in topics:
            if await database_sync_to_async(groups.may_follow)(self.person, topic):
                await self._join(topic)

    async def _look_at(self, task_id: str) -> None:
        if not task_id or not await database_sync_to_async(groups.may_look)(self.person, task_id):
            return
        self._looks_at = task_id
        await self._join(groups.task(task_id))
        await self._say_look(here=True, asks=True)

    async def _look_away(self) -> None:
        if not self._looks_at:
            return
        await self._say_look(here=False, asks=False)
        await self.channel_layer.group_discard(groups.task(self._looks_at), self.channel_name)
        self._joined.discard(groups.task(self._looks_at))
        self._looks_at = ""

    async def _say_look(self, *, here: bool, asks: bool) -> None:
        told = {"kind": "look", "task": self._looks_at, "person": self.person.pk, "name": self.person.display_name}
        message = {"type": "look.changed", "told": {**told, "here": here}, "asks": asks}
        await self.channel_layer.group_send(groups.task(self._looks_at), message)

    # ---- what has changed --------------------------------------------------------------------

    async def task_changed(self, event: dict[str, Any]) -> None:
        if event["stamp"] in self._seen:
            return
        self._seen.append(event["stamp"])
        if not await self._may_stay():
            return
        patch = await patch_of(event["stamp"], UUID(event["task"]))
        if patch is not None:
            await self.send_json({"kind": "task", **patch})
        self._count_soon()

    async def topic_changed(self, event: dict[str, Any]) -> None:
        if not await self._may_stay():
            return
        await self.send_json({"kind": "changed", "topics": [event["topic"]]})

    async def notice_added(self, event: dict[str, Any]) -> None:
        if not await self._may_stay():
            return
        await self.send_json({"kind": "changed", "topics": ["notices"]})
        self._count_soon()

    async def look_changed(self, event: dict[str, Any]) -> None:
        told = event["told"]
        if told["person"] == self.person.pk:
            return
        await self.send_json(told)
        if event["asks"] and self._looks_at == told["task"]:
            await self._say_look(here=True, asks=False)

    def _count_soon(self) -> None:
        if self._counting is None or self._counting.done():
            self._counting = asyncio.ensure_future(self._count())

    async def _count(self) -> None:
        await asyncio.sleep(COUNT_PAUSE)
        found = await database_sync_to_async(self._counts)()
        await self.send_json({"kind": "counts", "counts": found})

    def _counts(self) -> dict[str, int]:
        return {**counts(self.person), "notices": unread_count(self.person)}

    async def _may_stay(self) -> bool:
        """False, and the socket closed, once the person is switched off or has signed out."""
        if time.monotonic() - self._checked_at < CHECKED_FOR:
            return True
        if await database_sync_to_async(self._is_welcome)():
            self._checked_at = time.monotonic()
            return True
        await self.close(code=SIGNED_OUT)
        return False

    def _is_welcome(self) -> bool:
        session = self.scope["session"]
        return Person.objects.filter(pk=self.person.pk, is_active=True).exists() and session.exists(session.session_key)

    async def _join(self, name: str) -> None:
        await self.channel_layer.group_add(name, self.channel_name)
        self._joined.add(name)

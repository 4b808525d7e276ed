"""One browser tab's socket. What it hears of is settled by permission when it connects, or when it asks."""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from reviewhub.accounts.models import Person
from reviewhub.realtime import counting, groups, publish
from reviewhub.realtime.figures import figures
from reviewhub.realtime.hub import hub
from reviewhub.realtime.welcome import Visitor, rights_of

SIGNED_OUT = 4401
START_ANEW = 1012
TOO_SLOW = 1013
MOST_TOPICS = 20
MOST_SHOWN = 120  # rows of one page
LONGEST_ID = 36
TEAM = re.compile(r"[-\w]{0,100}", re.ASCII)  # a queue's slug, or nothing
LONGEST_AGE = 60_000  # milliseconds
SURELY_BEFORE = 0.05  # seconds: one message may be longer on its way than another
MOST_WAITING = 200  # messages that a slow browser may leave untaken


class DeskConsumer(AsyncJsonWebsocketConsumer):
    channel_layer_alias = ""  # none of its own: the process's hub tells it what it may hear
    person: Person
    figures: str | None
    visitor: Visitor
    checked_at: float
    _looks_at: str
    _look_told_to: tuple[str, ...]

    async def connect(self) -> None:
        user = self.scope["user"]
        if not isinstance(user, Person) or not user.is_active:
            await self.close(code=SIGNED_OUT)
            return
        self.person = user
        rights = await database_sync_to_async(rights_of)([user.pk])  # before the groups that follow from them
        self.visitor = Visitor(user.pk, self.scope["session"].session_key, rights[user.pk])
        self.checked_at = time.monotonic()
        self._looks_at, self._look_told_to = "", ()
        self.figures: str | None = None
        self._page = uuid.uuid4().hex
        self._to_say: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._speaking = asyncio.create_task(self._speak())
        hears = await database_sync_to_async(groups.heard_by)(user)
        try:
            await hub().enter(self, hears)
        except TimeoutError:
            await self.close()  # the browser tries again
            return
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if not hasattr(self, "visitor"):
            return
        self._look_away()
        figures().leave(self)
        hub().leave(self)
        self._speaking.cancel()

    # ---- what the browser asks ---------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """What is no JSON asks for nothing."""
        try:
            content = json.loads(text_data or "")
        except (ValueError, RecursionError):
            return
        await self.receive_json(content, **kwargs)

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        if not isinstance(content, dict):
            return
        if "look" in content:
            self._look_away()
            await self._look_at(str(content["look"] or ""))
        rows = content.get("rows")
        if isinstance(rows, list):
            hub().show(self, [str(task)[:LONGEST_ID] for task in rows[:MOST_SHOWN]])
        team = content.get("figures")
        if isinstance(team, str) and TEAM.fullmatch(team):
            await self._follow_team(team)
        topics = content.get("follow")
        if isinstance(topics, list):
            await self._follow([str(topic) for topic in topics[:MOST_TOPICS]])
        if "age" in content:
            await hub().catch_up(self, _asked_for_at(content["age"]))

    async def _follow(self, topics: list[str]) -> None:
        for topic in topics:
            if await database_sync_to_async(groups.may_follow)(self.person, topic):
                hub().join(self, topic)

    async def _follow_team(self, team: str) -> None:
        led = await database_sync_to_async(groups.teams_led)(self.person, team)
        if led:
            self.figures = team
            for name in led:
                hub().join(self, name)
            figures().follow(self)

    async def _look_at(self, task_id: str) -> None:
        told_to = await database_sync_to_async(groups.told_of_a_look)(self.person, task_id)
        if told_to:
            self._looks_at, self._look_told_to = task_id, told_to
            self.look_again()

    def _look_away(self) -> None:
        if self._looks_at:
            publish.looked(self._look_told_to, {"task": self._looks_at, "by": self._page, "here": False})
            self._looks_at, self._look_told_to = "", ()

    def look_again(self) -> None:
        if self._looks_at:
            who = {"person": self.person.pk, "name": self.person.display_name, "initials": self.person.initials}
            publish.looked(self._look_told_to, {"task": self._looks_at, "by": self._page, "here": True, **who})

    # ---- what the hub tells ------------------------------------------------------------------

    def hear(self, text: str) -> None:
        """Whoever takes nothing any more is cut off; a browser that comes back looks anew."""
        try:
            self._to_say.put_nowait(text)
        except asyncio.QueueFull:
            hub().leave(self)
            self._cutting = asyncio.ensure_future(self._hang_up(TOO_SLOW))

    def count_soon(self) -> None:
        counting.count_soon(self)

    def figures_soon(self) -> None:
        figures().soon([self])

    def hear_counts(self, counts: Mapping[str, int]) -> None:
        self.hear(json.dumps({"kind": "counts", "counts": counts}))

    async def show_out(self) -> None:
        await self._hang_up(SIGNED_OUT)

    async def start_anew(self) -> None:
        await self._hang_up(START_ANEW)

    async def _hang_up(self, code: int) -> None:
        with suppress(OSError):  # it has gone by itself
            await self.close(code=code)

    async def _speak(self) -> None:
        with suppress(OSError):
            while True:
                await self.send(text_data=await self._to_say.get())


def _asked_for_at(age: object) -> float | None:
    """When the browser asked for its page, on this machine's monotonic clock; nothing where the page has missed what it
    cannot say. `age` is in milliseconds: two machines' clocks do not agree, but how long something took is the same."""
    if not isinstance(age, int) or not 0 <= age <= LONGEST_AGE:
        return None
    return time.monotonic() - age / 1000 - SURELY_BEFORE

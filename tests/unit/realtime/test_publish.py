"""When what has changed is told."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async

from reviewhub.realtime import publish
from reviewhub.realtime.publish import Change, TaskChanged

WITHIN = 20.0  # seconds


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[list[UUID]]:
    """The tasks of each message."""
    queue: asyncio.Queue[list[UUID]] = asyncio.Queue()
    monkeypatch.setattr(publish, "_addressed", _tasks_of)
    monkeypatch.setattr(publish, "_send", queue.put)
    return queue


def _tasks_of(changes: Iterable[Change]) -> list[Any]:
    return [change.task_id for change in changes if isinstance(change, TaskChanged)]


def _post() -> Any:
    post = publish._Post()
    post.loop = asyncio.get_running_loop()
    return post


def test_runs_that_change_together_are_told_as_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[list[str]] = []

    async def send(told: list[Any]) -> None:
        sent.append([group for each in told for group in each["to"]])

    monkeypatch.setattr(publish, "_send", send)
    monkeypatch.setattr(publish, "get_channel_layer", object)  # not the one in memory
    monkeypatch.setattr(publish, "_post", publish._Post())  # of a process without a loop
    publish.runs_changed(["1", "2"])
    assert sent == [["run.1", "run.2", "runs"]]


def test_a_change_is_told_while_its_request_goes_on(sent: asyncio.Queue[list[UUID]]) -> None:
    task, told = uuid4(), threading.Event()

    def request(post: Any) -> bool:
        post.take(TaskChanged(task, (), people_too=True))
        return told.wait(WITHIN)

    async def main() -> bool:
        async with ThreadSensitiveContext():
            answering = asyncio.create_task(sync_to_async(request)(_post()))
            assert await asyncio.wait_for(sent.get(), WITHIN) == [task]
            told.set()
            return await answering

    assert asyncio.run(main())


def test_what_a_server_that_ended_had_not_sent_keeps_nothing_of_the_next_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: asyncio.Queue[list[str]] = asyncio.Queue()

    async def send(told: list[Any]) -> None:
        sent.put_nowait([group for each in told for group in each["to"]])

    async def ends_at_once() -> None:
        publish.use_loop(asyncio.get_running_loop())
        publish.runs_changed(["1"])

    async def serves() -> list[str]:
        publish.use_loop(asyncio.get_running_loop())
        publish.runs_changed(["2"])
        return await asyncio.wait_for(sent.get(), WITHIN)

    monkeypatch.setattr(publish, "_send", send)
    monkeypatch.setattr(publish, "_post", publish._Post())
    asyncio.run(ends_at_once())
    assert asyncio.run(serves()) == ["run.2", "runs"]

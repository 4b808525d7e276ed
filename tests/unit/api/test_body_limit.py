"""A large body is refused before it is read."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from reviewhub.api.body_limit import BodyLimit, Message, Receive, Scope, Send
from reviewhub.api.conf import BODY_MAX_BYTES, WEBHOOK_MAX_BYTES


class Django:
    """Reads the body as Django does: until it ends, or until the client is gone."""

    def __init__(self) -> None:
        self.read = 0
        self.was_called = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.was_called = True
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.read += len(message["body"])
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


def _ask(django: Django, path: str, chunks: list[bytes], headers: list[tuple[bytes, bytes]]) -> list[Message]:
    sent: list[Message] = []
    waiting = iter(chunks)
    left = len(chunks)

    async def receive() -> Message:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": next(waiting), "more_body": left > 0}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "path": path, "headers": headers}
    asyncio.run(BodyLimit(django)(scope, receive, send))
    return sent


def _length(size: int) -> list[tuple[bytes, bytes]]:
    return [(b"content-length", str(size).encode())]


@pytest.mark.parametrize(
    ("path", "limit"), [("/hooks/x/", WEBHOOK_MAX_BYTES), ("/api/v1/runs/", BODY_MAX_BYTES), ("/", BODY_MAX_BYTES)]
)
def test_a_declared_length_beyond_the_limit_is_refused_unread(path: str, limit: int) -> None:
    django = Django()

    sent = _ask(django, path, [b"x"], _length(limit + 1))

    assert (sent[0]["status"], django.was_called) == (413, False)
    assert dict(sent[0]["headers"])[b"content-type"] == b"application/problem+json"
    assert json.loads(sent[1]["body"])["type"] == "/api/problems/too-large/"


def test_a_body_without_a_declared_length_is_cut_off_at_the_limit() -> None:
    django = Django()
    chunk = b"x" * (WEBHOOK_MAX_BYTES // 4)

    sent = _ask(django, "/hooks/x/", [chunk] * 8, [])

    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 413
    assert django.read <= WEBHOOK_MAX_BYTES


def test_a_length_that_lies_does_not_help() -> None:
    sent = _ask(Django(), "/hooks/x/", [b"x" * (WEBHOOK_MAX_BYTES + 1)], _length(5))

    assert sent[0]["status"] == 413


def test_a_body_within_the_limit_goes_through() -> None:
    django = Django()

    sent = _ask(django, "/hooks/x/", [b"x" * WEBHOOK_MAX_BYTES], _length(WEBHOOK_MAX_BYTES))

    assert (sent[0]["status"], django.read) == (200, WEBHOOK_MAX_BYTES)


def test_other_protocols_pass_by() -> None:
    seen = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: Any) -> Any:
        return None

    asyncio.run(BodyLimit(application)({"type": "websocket"}, nothing, nothing))
    assert seen == ["websocket"]

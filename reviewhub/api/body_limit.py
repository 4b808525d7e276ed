"""Says 413 before a large body is read.

Django stores a request's body before any view runs; only a layer in front of it can refuse in time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from reviewhub.api.conf import BODY_MAX_BYTES, WEBHOOK_MAX_BYTES

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


_KEEPS_DOCUMENTS = re.compile(r"/api/v1/((workflows|tasks)/[^/]+|reviews)/documents/|/tasks/[^/]+/comments/")


def limit_of(path: str) -> int:
    if _KEEPS_DOCUMENTS.fullmatch(path):
        return int(settings.DOCUMENT_MAX_BYTES) + BODY_MAX_BYTES
    return WEBHOOK_MAX_BYTES if path.startswith("/hooks/") else BODY_MAX_BYTES


class BodyLimit:
    """An ASGI application around another one."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        limit = limit_of(scope["path"])
        if _declared_length(scope) > limit:
            await _refuse(send, limit)
            return
        counted = _Counted(receive, send, limit)
        await self.application(scope, counted.receive, counted.send)


class _Counted:
    """One request whose body is counted while it arrives."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._seen = 0
        self._refused = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen <= self._limit:
            return message
        if not self._refused:
            self._refused = True
            await _refuse(self._send, self._limit)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if not self._refused:
            await self._send(message)


def _declared_length(scope: Scope) -> int:
    declared = dict(scope["headers"]).get(b"content-length", b"")
    return int(declared) if declared.isdigit() else 0


async def _refuse(send: Send, limit: int) -> None:
    problem = {
        "type": "/api/problems/too-large/",
        "title": "The body is too large",
        "status": 413,
        "detail": f"At most {limit} bytes are taken here.",
    }
    headers = [(b"content-type", b"application/problem+json")]  # the server throws the rest away, and the sender reads
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})

"""The quick way for webhooks: from the server's loop to the engine, past what only pages need.

Events that arrive while others are being taken wait for each other and are then taken together, in one transaction.
Nobody waits for company: whoever comes alone is taken alone, at once. Every answer is given after the commit.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.http.request import split_domain_port, validate_host

from orchestration import api
from reviewhub.api.hook_answers import SIGNED_HEADERS, HookAnswer, answer_to
from reviewhub.api.together import Together

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

PREFIX, SUFFIX = "/hooks/", "/"
MOST_TOGETHER = 50

_SIGNED = {name.encode(): name for name in SIGNED_HEADERS}


class HookRoute:
    """An ASGI application around another one, which gets whatever is no plain POST to a hook."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._intake: Together[api.Arrived, api.Taken | Exception] = Together(take, most=MOST_TOGETHER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = _hook_of(scope)
        if path is None:
            await self._application(scope, receive, send)
            return
        body = await _body(receive)
        if body is None:
            return
        try:
            taken = await self._intake.add(api.Arrived(path, _signed_headers(scope), body))
        except Exception as error:  # noqa: BLE001 - the answer says what it is
            taken = error
        await _send(answer_to(taken, path), send)


def take(arrived: list[api.Arrived]) -> list[api.Taken | Exception]:
    """Runs in the intake's thread. A connection that was cut is made anew: an event it took is known by its id."""
    try:
        return api.accept_webhooks(arrived)
    except (OperationalError, InterfaceError):
        connection.close()
        return api.accept_webhooks(arrived)
    finally:
        close_old_connections()


def _hook_of(scope: Scope) -> str | None:
    """The hook's path, where Django has nothing to add: the host is ours and the connection as safe as it has to be."""
    path: str = scope["path"]
    if not (path.startswith(PREFIX) and path.endswith(SUFFIX) and scope["method"] == "POST"):
        return None
    if scope.get("root_path") or not _is_safe(scope):
        return None
    return path[len(PREFIX) : -len(SUFFIX)] or None


def _is_safe(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    host, _port = split_domain_port(headers.get(b"host", b"").decode("latin-1"))
    if not validate_host(host, settings.ALLOWED_HOSTS):
        return False
    return not settings.SECURE_SSL_REDIRECT or _is_encrypted(scope["scheme"], headers)


def _is_encrypted(scheme: str, headers: dict[bytes, bytes]) -> bool:
    """As Django's `request.is_secure` has it."""
    proxy: tuple[str, str] | None = settings.SECURE_PROXY_SSL_HEADER
    if proxy is None:
        return scheme == "https"
    name, secure = proxy
    said = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower().encode(), b"").decode("latin-1")
    return said.partition(",")[0].strip() == secure if said else scheme == "https"


async def _body(receive: Receive) -> bytes | None:
    """Nothing when the sender has gone, or was refused for the body's length."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


def _signed_headers(scope: Scope) -> dict[str, str]:
    return {_SIGNED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _SIGNED}


async def _send(answer: HookAnswer, send: Send) -> None:
    body = json.dumps(answer.said).encode()
    headers = {
        "Content-Type": answer.content_type,
        "Content-Length": str(len(body)),
        "X-Content-Type-Options": "nosniff",
        **answer.headers,
    }
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})

"""Static files, answered before Django sees the request, with the headers and the caching that WhiteNoise works out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response
from whitenoise.storage import CompressedManifestStaticFilesStorage

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
OWN_MODULES = "js/"


class NamedByContent(CompressedManifestStaticFilesStorage):
    """Names carry a digest, in the imports between JavaScript modules too, so that they may be kept for ever."""

    support_js_module_import_aggregation = True

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """Only our own modules are followed: packages ship some whose imports need a bundler."""
        if name.endswith(".js") and not name.startswith(OWN_MODULES):
            return lambda found: found.group(0)
        converter: Callable[[re.Match[str]], str] = super().url_converter(name, hashed_files, template)
        return converter


class StaticFiles:
    """An ASGI application around another one. All files are known from the start; none is looked for later."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._known: dict[str, Any] = WhiteNoiseMiddleware().files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._known.get(scope["path"])
        if file is None:
            await self._application(scope, receive, send)
            return
        answer = file.get_response(scope["method"], _environ(scope["headers"]))
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
        headers.append((b"x-content-type-options", b"nosniff"))
        body = await asyncio.to_thread(_content, answer)
        await send({"type": "http.response.start", "status": int(answer.status), "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _environ(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as WhiteNoise reads them: `if-none-match` becomes `HTTP_IF_NONE_MATCH`."""
    return {
        "HTTP_" + name.decode("latin-1").upper().replace("-", "_"): value.decode("latin-1") for name, value in headers
    }


def _content(answer: Response) -> bytes:
    if answer.file is None:
        return b""
    with answer.file as file:
        content: bytes = file.read()
    return content

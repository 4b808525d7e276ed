"""Static files, answered before Django sees the request, with the headers and the caching that WhiteNoise works out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import Response
from whitenoise.storage import CompressedManifestStaticFilesStorage

from reviewhub.stylesheets import Stylesheet, joined

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
OWN_MODULES = "js/"
OWN_STYLES = f"{settings.STATIC_URL}css/"


OF_ONE_FILE = {b"content-length", b"content-encoding", b"etag", b"last-modified", b"vary"}


class Answer(NamedTuple):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


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
        self._joined: dict[str, Stylesheet] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._known.get(scope["path"])
        if file is None:
            await self._application(scope, receive, send)
            return
        if scope["path"].startswith(OWN_STYLES) and scope["method"] in ("GET", "HEAD"):
            answer = await asyncio.to_thread(self._stylesheet, scope)
        else:
            answer = await asyncio.to_thread(_answer, file, scope)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _stylesheet(self, scope: Scope) -> Answer:
        """One with all that it imports; the headers are the file's own."""
        path, asked = scope["path"], _environ(scope["headers"])
        if path not in self._joined:
            self._joined[path] = joined(path, self._text_of)
        found = self._joined[path]
        own = _answer(self._known[path], {"method": "HEAD", "headers": []}).headers
        headers = [(name, value) for name, value in own if name not in OF_ONE_FILE]
        headers += [(b"etag", found.etag.encode()), (b"vary", b"Accept-Encoding")]
        if asked.get("HTTP_IF_NONE_MATCH") == found.etag:
            return Answer(304, headers, b"")
        body = found.content
        if "gzip" in asked.get("HTTP_ACCEPT_ENCODING", ""):
            body, headers = found.compressed, [*headers, (b"content-encoding", b"gzip")]
        headers.append((b"content-length", str(len(body)).encode()))
        return Answer(200, headers, b"" if scope["method"] == "HEAD" else body)

    def _text_of(self, path: str) -> str:
        return _content(self._known[path].get_response("GET", {})).decode()


def _answer(file: Any, scope: Scope) -> Answer:
    answer = file.get_response(scope["method"], _environ(scope["headers"]))
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    return Answer(int(answer.status), [*headers, (b"x-content-type-options", b"nosniff")], _content(answer))


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

"""A model server over real HTTP: speaks the OpenAI chat protocol, answers as told, and fails as servers do."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Reply = Callable[["Handler"], None]


class OpenAIServer:
    """Use as a context. Replies come in the order queued, the last one stays; `requests` are the bodies received."""

    def __init__(self, *replies: Reply, key: str = "") -> None:
        self.replies: deque[Reply] = deque(replies)
        self.requests: list[dict[str, Any]] = []
        self.key = key
        self.stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.desk = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(self, *_raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def next(self) -> Reply:
        return self.replies.popleft() if len(self.replies) > 1 else self.replies[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def desk(self) -> OpenAIServer:
        return self.server.desk  # type: ignore[attr-defined, no-any-return]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.desk.requests.append(body)
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if self.path != "/v1/chat/completions":
                fail(404, "no such path", "not_found")(self)
            elif self.desk.key and given != self.desk.key:
                fail(401, f"Incorrect API key provided: {given}.", "invalid_api_key")(self)
            else:
                self.desk.next()(self)

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-request-id", f"req-{len(self.desk.requests)}")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_parts: object) -> None:
        """Keeps the tests' output quiet."""


def complete(content: str | None, finish: str = "stop", refusal: str | None = None) -> Reply:
    """A well-formed completion with this content."""

    def reply(handler: Handler) -> None:
        message = {"role": "assistant", "content": content, "refusal": refusal}
        body = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": handler.desk.requests[-1]["model"] + "-2026-09",
            "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
            "usage": {"prompt_tokens": 400, "completion_tokens": 90, "total_tokens": 490},
        }
        handler.send(200, json.dumps(body).encode())

    return reply


def answer(outcome: str | None = "approve", **changed: Any) -> dict[str, Any]:
    """An answer that the facts of `tests.support.questions.PURCHASE` hold up."""
    return {
        "outcome": outcome,
        "confidence": 0.9,
        "reasons": ["The amount of 1200 is within the 5000 that are left."],
        "evidence": [{"source": "budget.remaining", "quote": "5000"}],
        "would_change": "It would say reject if the amount exceeded the budget.",
        "text": None,
        **changed,
    }


def answering(outcome: str | None = "approve", **changed: Any) -> Reply:
    return complete(json.dumps(answer(outcome, **changed)))


def fenced(outcome: str = "approve") -> Reply:
    return complete(f"```json\n{json.dumps(answer(outcome), indent=2)}\n```")


def cut_off() -> Reply:
    return complete(json.dumps(answer())[:60], finish="length")


def refusing() -> Reply:
    return complete(None, refusal="I cannot help with that.")


def filtered() -> Reply:
    return complete("", finish="content_filter")


def fail(status: int, message: str, code: str = "", param: str | None = None, **headers: str) -> Reply:
    body = {"error": {"message": message, "type": "error", "code": code or None, "param": param}}
    return lambda handler: handler.send(status, json.dumps(body).encode(), **headers)


def raw(body: bytes, kind: str = "application/json", status: int = 200) -> Reply:
    return lambda handler: handler.send(status, body, kind)


def silence() -> Reply:
    """Takes the question and says nothing for as long as anybody listens."""

    def reply(handler: Handler) -> None:
        handler.desk.stopping.wait()
        handler.close_connection = True

    return reply


def trickle(pause: float = 0.05) -> Reply:
    """Sends a byte at a time, each in time, and never comes to an end."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not handler.desk.stopping.wait(pause):
            handler.wfile.write(b"1\r\n \r\n")

    return reply


def endless() -> Reply:
    """Sends as fast as it can, without end."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        while not handler.desk.stopping.is_set():
            handler.wfile.write(chunk)

    return reply


def hang_up() -> Reply:
    def reply(handler: Handler) -> None:
        handler.close_connection = True
        handler.connection.close()

    return reply


def redirect(target: str) -> Reply:
    return lambda handler: handler.send(307, b"", Location=target)


Named = Mapping[str, Reply]
FAULTS: Named = {
    "not JSON": raw(b"<html>busy</html>"),
    "not JSON and says so": raw(b"<html>busy</html>", "text/html"),
    "JSON of another kind": raw(b'{"hello": "world"}'),
    "a list": raw(b"[1, 2]"),
    "null": raw(b"null"),
    "no choices": raw(b'{"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": []}'),
    "choices that are none": raw(b'{"choices": [null]}'),
    "an empty body": raw(b""),
    "broken UTF-8": raw(b"\xff\xfe\xfa"),
    "prose for ever": complete("I would approve this."),
    "cut off for ever": cut_off(),
    "wrong schema for ever": answering("perhaps"),
    "numbers that are none": complete('{"outcome": "approve", "confidence": NaN}'),
    "deep nesting": complete("[" * 100_000),
    "deep nesting in an object": complete('{"outcome": ' + "[" * 100_000),
    "an empty content": complete(""),
    "a refusal": refusing(),
    "a filter": filtered(),
    "a filter before": fail(400, "The response was filtered", "content_filter"),
    "a bad key": fail(401, "Incorrect API key provided", "invalid_api_key"),
    "no such model": fail(404, "The model does not exist", "model_not_found"),
    "no quota": fail(429, "You exceeded your current quota", "insufficient_quota"),
    "a rate limit": fail(429, "Slow down", "rate_limit_exceeded", Retry_After="60"),
    "a broken server": fail(500, "Internal error"),
    "a busy server": fail(503, "Overloaded"),
    "a redirect": redirect("http://127.0.0.1:9/v1/chat/completions"),
    "a teapot": fail(418, "I'm a teapot"),
    "a hang-up": hang_up(),
}
"""Replies that end without an answer, however often the question is asked."""

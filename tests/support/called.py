"""Another system over real HTTP, for worker processes to call, and the tools that call it.

The system counts who is inside at a time; a name that is held keeps its callers, and one that is broken refuses them.
Workers import this module (`celery … -I tests.support.called`) and find the system by `CALLED_URL`.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from orchestration.api import Limits, ToolCall, credential, request_json, tool

PATIENCE = 40.0  # seconds; what works takes a fraction of one
LIMITS: Mapping[str, Limits | None] = {
    "quick": None,
    "slow": None,
    "bounded": Limits(concurrency=4),
    "narrow": None,  # its connection has the limit
    "rated": Limits(calls=4, seconds=0.5),
    "fragile": Limits(failures=3, cool_down=0.5),
    "adapting": Limits(concurrency=4, adaptive=True),
    "keyed": None,
}


@dataclass(frozen=True, slots=True)
class Arrival:
    at: float  # on the monotonic clock
    worker: str  # the process that called
    secret: str


class Called:
    """Use as a context. Everything is by the name that was called."""

    def __init__(self) -> None:
        self.arrivals: defaultdict[str, list[Arrival]] = defaultdict(list)
        self.inside: Counter[str] = Counter()
        self.most: Counter[str] = Counter()  # that were inside at a time
        self._held: set[str] = set()
        self._broken: Counter[str] = Counter()
        self._changed = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.called = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Called:
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self.let_go(*self._held)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def hold(self, name: str) -> None:
        self._held.add(name)

    def let_go(self, *names: str) -> None:
        with self._changed:
            self._held -= set(names)
            self._changed.notify_all()

    def break_for(self, name: str, calls: int) -> None:
        self._broken[name] = calls

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(holds, PATIENCE), f"Not in time: {what}; inside: {dict(self.inside)}"

    def takes(self, name: str, arrival: Arrival) -> int:
        """Whoever calls is inside until it may go. Gives the status of the answer."""
        with self._changed:
            self.arrivals[name].append(arrival)
            self.inside[name] += 1
            self.most[name] = max(self.most[name], self.inside[name])
            self._changed.notify_all()
            self._changed.wait_for(lambda: name not in self._held, PATIENCE)
            self.inside[name] -= 1
            self._broken[name] -= 1
            return 503 if self._broken[name] >= 0 else 200


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        called: Called = self.server.called  # type: ignore[attr-defined]
        arrival = Arrival(time.monotonic(), self.headers.get("X-Worker", ""), self.headers.get("Authorization", ""))
        status = called.takes(self.path.split("/")[1], arrival)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

    def log_message(self, *_parts: object) -> None:
        """Keeps the tests' output quiet."""


def _register(name: str, limits: Limits | None) -> None:
    @tool(
        name=f"called.{name}",
        version=1,
        idempotent=True,
        timeout=PATIENCE,
        retry={"attempts": 1},
        limits=limits,
        connection="called" if name == "narrow" else "",
    )
    def call(given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
        if name != "keyed":
            return _ask(name, "")
        with credential("keyed") as chosen:
            return _ask(name, chosen.secret)


def _ask(name: str, secret: str) -> Mapping[str, Any]:
    headers = {"X-Worker": str(os.getpid()), "Authorization": secret}
    url = f"{os.environ['CALLED_URL']}/{name}"
    return dict(request_json("POST", url, timeout=PATIENCE, headers=headers, safe=True))


def register() -> None:
    for name, limits in LIMITS.items():
        _register(name, limits)


if "CALLED_URL" in os.environ:
    register()

"""Another system on the loopback, which takes what is posted to it and answers as it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    url: str
    answers: list[int] = field(default_factory=list)  # statuses to give, the first first; then 200
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)  # (headers in lower case, body)
    came: threading.Event = field(default_factory=threading.Event)

    @property
    def told(self) -> list[Any]:
        return [json.loads(body) for _, body in self.taken]


@contextmanager
def receiver(path: str = "/hooks/reviews") -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            system.taken.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(system.answers.pop(0) if system.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            system.came.set()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    system = Receiver(f"http://127.0.0.1:{server.server_port}{path}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

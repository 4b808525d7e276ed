"""The web server in a thread of the test, over the test's database, so that a test can make its people and cases."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, cast

from django.db import connection, connections

from reviewhub.embedded.server import WebServer
from reviewhub.embedded.worker import EmbeddedWorker

if TYPE_CHECKING:
    from django.db.backends.postgresql.base import DatabaseWrapper

STARTS_WITHIN = 10.0  # seconds
POOL = {"min_size": 1, "max_size": 40, "timeout": 10}


class LiveSite:
    """`url` is served until `close`; `work` adds the worker and the sweeper."""

    def __init__(self) -> None:
        self._serving = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._server = WebServer(self._listening, self._serving.set)
        self._thread = threading.Thread(target=self._server.serve_until_stopped, name="live-site")
        self._worker: EmbeddedWorker | None = None
        self._pooled = False
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def start(self) -> LiveSite:
        self._pooled = connection.vendor == "postgresql"
        if self._pooled:  # as in production: PostgreSQL takes longer to connect than to answer
            connections.close_all()
            connection.settings_dict["OPTIONS"]["pool"] = POOL
        self._thread.start()
        assert self._serving.wait(STARTS_WITHIN), "The live site did not start."
        return self

    def work(self) -> None:
        self._worker = EmbeddedWorker()
        self._worker.start()

    def close(self) -> None:
        if self._worker is not None:
            self._worker.stop()
        self._server.stop()
        self._thread.join()
        self._listening.close()
        if self._pooled:
            connections.close_all()
            cast("DatabaseWrapper", connection).close_pool()
            del connection.settings_dict["OPTIONS"]["pool"]

"""The order of things in the embedded process: migrate, load the demo, serve, and stop cleanly."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from orchestration import api as engine
from reviewhub.embedded.lock import only_process
from reviewhub.embedded.server import WebServer
from reviewhub.embedded.worker import EmbeddedWorker

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(say: Callable[[str], None]) -> None:
    """Runs until a signal comes. Raises `DataInUse`, and `OSError` where the port cannot be had."""
    with only_process(settings.DATA_DIR), socket.create_server(settings.LISTENS_AT) as listening:
        prepare(say)
        engine.lose_all_leases()
        server = WebServer(listening, lambda: say(f"ReviewHub is ready: {settings.PUBLIC_URL}/   (Ctrl-C stops it)"))
        worker = EmbeddedWorker()
        with _stopped_by_signals(server, worker):
            _run(server, worker)


def prepare(say: Callable[[str], None]) -> None:
    """Brings the database up to date and, in a demo, fills it."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
    if settings.DEMO:
        call_command("demo", "load", verbosity=0)
    connection.close()


def _run(server: WebServer, worker: EmbeddedWorker) -> None:
    worker.start()
    try:
        server.serve_until_stopped()
    finally:
        worker.stop()


@contextmanager
def _stopped_by_signals(server: WebServer, worker: EmbeddedWorker) -> Iterator[None]:
    def stop(signum: int, frame: FrameType | None) -> None:
        server.stop()
        worker.begin_to_stop()

    before = {signum: signal.signal(signum, stop) for signum in STOP_SIGNALS}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)

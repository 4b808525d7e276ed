"""What runs beside the tasks in a worker process: a sign of life for each queue, and the sweeper."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Iterable
from typing import Any

from celery.signals import worker_init, worker_ready, worker_shutdown
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

from orchestration import api as engine
from reviewhub import memory
from reviewhub.production import refuse_the_demo
from reviewhub.realtime import publish
from reviewhub.wiring import CHORES

logger = logging.getLogger(__name__)

QUEUES = ("orchestration", "tools", "ai")
SWEEPING_QUEUE = "orchestration"
BEAT_EVERY = 5.0  # seconds
CLOSING_THREADS = 2
STOPPING_TAKES = 10.0  # seconds that a thread may need for what it is in the middle of


class Companions:
    """Threads that accompany a worker: one that says which queues are served, one that sweeps, or those that close
    undo windows and call what follows."""

    def __init__(self, queues: Iterable[str]) -> None:
        self._queues = tuple(queues)
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._beat, name="heartbeat", daemon=True)]
        if SWEEPING_QUEUE in self._queues:
            sweeper = engine.Sweeper(CHORES)
            self._threads.append(threading.Thread(target=sweeper.run, args=(self._stop,), name="sweeper", daemon=True))
        if calling := [queue for queue in self._queues if queue != SWEEPING_QUEUE]:
            closers = engine.Closers(calling)
            for number in range(CLOSING_THREADS):
                name = f"closer-{number}"
                self._threads.append(threading.Thread(target=closers.run, args=(self._stop,), name=name, daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, within: float | None = STOPPING_TAKES) -> None:
        """Lets each thread end what it is in the middle of, for so long (None: for as long as it takes)."""
        self._stop.set()
        for thread in self._threads:
            thread.join(within)

    def _beat(self) -> None:
        while True:
            try:
                for queue in self._queues:
                    engine.beat(engine.heart_of(queue))
                engine.refresh_limits()
            except Exception:
                logger.exception("The sign of life could not be written")
            finally:
                close_old_connections()
            if self._stop.wait(BEAT_EVERY):
                return


class Announcer:
    """An event loop in a thread, on which this worker tells browsers of changes: one connection, kept open."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="announcer", daemon=True)

    def start(self) -> None:
        self._thread.start()
        publish.use_loop(self._loop)

    def stop(self, within: float | None = STOPPING_TAKES) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(within)


_here: list[Companions | Announcer] = []


@worker_init.connect
def look_first(**_: Any) -> None:
    try:
        refuse_the_demo()
    except ImproperlyConfigured as refused:  # Celery would log it and go on
        raise SystemExit(str(refused)) from refused


@worker_ready.connect
def accompany(sender: Any, **_: Any) -> None:
    """A `celery worker` process is ready; `sender` is its consumer."""
    memory.settle()
    for companion in (Announcer(), Companions(sender.app.amqp.queues.consume_from)):
        companion.start()
        _here.append(companion)


@worker_shutdown.connect
def leave(**_: Any) -> None:
    """As Celery does, waits for calls that are under way: whatever they lead to is known then."""
    while _here:
        _here.pop().stop(within=None)

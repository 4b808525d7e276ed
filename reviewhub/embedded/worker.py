"""Celery workers in threads of this process, over the in-memory broker: one for each queue, so that long calls of one
kind never hold up the others."""

from __future__ import annotations

import threading
import time
from typing import Any

from celery.worker import state

from reviewhub.celery import another_app
from reviewhub.workers import QUEUES, STOPPING_TAKES, Companions

THREADS = {"orchestration": 2, "tools": 4, "ai": 2}  # of each queue


class EmbeddedWorker:
    """Serves each queue with a pool of threads of its own, with the sweeper beside them."""

    def __init__(self) -> None:
        self._threads = [
            threading.Thread(target=_controller(queue).start, name=f"worker-{queue}", daemon=True) for queue in QUEUES
        ]
        self._companions = Companions(QUEUES)

    def start(self) -> None:
        state.should_stop = None
        for thread in self._threads:
            thread.start()
        self._companions.start()

    def begin_to_stop(self) -> None:
        """Takes no more work from now on; the worker looks at this within two seconds."""
        state.should_stop = 0

    def stop(self) -> None:
        """Lets running steps end; what takes longer is taken up again from the database at the next start."""
        self.begin_to_stop()
        self._companions.stop()
        until = time.monotonic() + STOPPING_TAKES
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))


def _controller(queue: str) -> Any:
    worker: Any = another_app()
    return worker.WorkController(
        hostname=f"embedded-{queue}@localhost",
        pool="threads",
        concurrency=THREADS[queue],
        queues=[queue],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )

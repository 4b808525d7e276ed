"""A Celery worker in a thread of this process, over the in-memory broker."""

from __future__ import annotations

import os
import threading
from typing import Any

from celery.worker import state

from reviewhub.celery import app
from reviewhub.workers import QUEUES, STOPPING_TAKES, Companions

THREADS = 8


class EmbeddedWorker:
    """Serves all queues with one pool of threads, with the sweeper beside it."""

    def __init__(self) -> None:
        os.environ.setdefault("CELERY_SKIP_CHECKS", "1")  # the command has run Django's checks already
        self._controller: Any = app.WorkController(
            hostname="embedded@localhost",
            pool="threads",
            concurrency=THREADS,
            queues=list(QUEUES),
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self._thread = threading.Thread(target=self._controller.start, name="worker", daemon=True)
        self._companions = Companions(QUEUES)

    def start(self) -> None:
        state.should_stop = None
        self._thread.start()
        self._companions.start()

    def begin_to_stop(self) -> None:
        """Takes no more work from now on; the worker looks at this within two seconds."""
        state.should_stop = 0

    def stop(self) -> None:
        """Lets running steps end; what takes longer is taken up again from the database at the next start."""
        self.begin_to_stop()
        self._companions.stop()
        self._thread.join(STOPPING_TAKES)

"""Making several short calls one after another, so that what they led to is recorded at once.

Should one of them turn out long, nobody waits for it: another thread records what is done and goes on with the rest.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

LATE = 0.05  # seconds after which what is done is recorded, whatever the others take

Lease = TypeVar("Lease")
Outcome = TypeVar("Outcome")
Done = list[tuple[Lease, Outcome]]


class Batch(Generic[Lease, Outcome]):
    """Calls of one thread. `carry_on` is what another thread does with the outcomes so far and the leases left."""

    def __init__(
        self,
        leases: Iterable[Lease],
        call: Callable[[Lease], Outcome],
        carry_on: Callable[[Done[Lease, Outcome], list[Lease]], None],
    ) -> None:
        self._todo = deque(leases)
        self._call, self._carry_on = call, carry_on
        self._done: Done[Lease, Outcome] = []
        self._lock = threading.Lock()
        self.late_at = time.monotonic() + LATE

    def perform(self) -> tuple[Done[Lease, Outcome], list[Lease]]:
        """The outcomes that this thread has to record, and the leases that there was no time for."""
        if len(self._todo) > 1:
            _watch.add(self)
        try:
            while (lease := self._next()) is not None:
                outcome = self._call(lease)
                with self._lock:
                    self._done.append((lease, outcome))
        finally:
            _watch.remove(self)
        return self._taken_over()

    def _next(self) -> Lease | None:
        with self._lock:
            late = self._done and time.monotonic() > self.late_at
            return self._todo.popleft() if self._todo and not late else None

    def hand_over(self) -> None:
        """Called by the watch while this thread is still in a call."""
        done, left = self._taken_over()
        if done or left:
            threading.Thread(target=self._carry_on, args=(done, left), name="carrying on", daemon=True).start()

    def _taken_over(self) -> tuple[Done[Lease, Outcome], list[Lease]]:
        with self._lock:
            done, left = self._done, list(self._todo)
            self._done, self._todo = [], deque()
        return done, left


class _Watch:
    """One thread a process that looks after batches which are under way."""

    def __init__(self) -> None:
        self._batches: set[Batch[Any, Any]] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, batch: Batch[Lease, Outcome]) -> None:
        with self._changed:
            self._batches.add(batch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="batches", daemon=True)
                self._thread.start()
            self._changed.notify()

    def remove(self, batch: Batch[Lease, Outcome]) -> None:
        with self._changed:
            self._batches.discard(batch)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._batches:
                    self._changed.wait()
                now = time.monotonic()
                late = [batch for batch in self._batches if batch.late_at < now - LATE / 2]
                self._batches.difference_update(late)
            for batch in late:
                batch.hand_over()
            time.sleep(LATE / 4)


_watch = _Watch()

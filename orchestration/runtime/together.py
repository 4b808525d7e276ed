"""Making several short calls one after another, so that what they led to is recorded at once.

Should one of them turn out long, nobody waits for it: another thread records what is done and goes on with the rest.
Where calls of one kind hang again and again, no more threads follow them: what is left of that kind is given back.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Generic, TypeVar

LATE = 0.05  # seconds after which what is done is recorded, whatever the others take
MOST_LATE = 4  # calls of one kind that this process lets hang beside others of the kind

Lease = TypeVar("Lease")
Outcome = TypeVar("Outcome")
Done = list[tuple[Lease, Outcome]]


class Batch(Generic[Lease, Outcome]):
    """Calls of one thread. `carry_on` is what another thread does because of a long call, with the outcomes so far,
    the leases left and those to be given back; `kind` tells which other calls are likely to hang as well."""

    def __init__(
        self,
        leases: Iterable[Lease],
        call: Callable[[Lease], Outcome],
        carry_on: Callable[[Lease, Done[Lease, Outcome], list[Lease], list[Lease]], None],
        kind: Callable[[Lease], Hashable],
    ) -> None:
        self._todo = deque(leases)
        self._call, self._carry_on, self._kind = call, carry_on, kind
        self._calling: Lease | None = None
        self._hangs_in: Hashable = None
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
                    self._has_come_back()
        finally:
            _watch.remove(self)
            with self._lock:
                self._has_come_back()
        return self._taken_over()

    def _next(self) -> Lease | None:
        with self._lock:
            late = self._done and time.monotonic() > self.late_at
            self._calling = self._todo.popleft() if self._todo and not late else None
            return self._calling

    def _has_come_back(self) -> None:
        self._calling = None
        if self._hangs_in is not None:
            _hanging.less(self._hangs_in)
            self._hangs_in = None

    def hand_over(self) -> None:
        """Called by the watch, and by nobody else, while this thread is still in a call."""
        with self._lock:
            hanging = self._calling
            if hanging is None:
                return
            self._hangs_in = kind = self._kind(hanging)
            full = _hanging.more(kind) >= MOST_LATE
            back = [lease for lease in self._todo if full and self._kind(lease) == kind]
            done, left = self._done, [lease for lease in self._todo if not (full and self._kind(lease) == kind)]
            self._done, self._todo = [], deque()
        if done or left or back:
            given = (hanging, done, left, back)
            threading.Thread(target=self._carry_on, args=given, name="carrying on", daemon=True).start()

    def _taken_over(self) -> tuple[Done[Lease, Outcome], list[Lease]]:
        with self._lock:
            done, left = self._done, list(self._todo)
            self._done, self._todo = [], deque()
        return done, left


class _Hanging:
    """How many calls are under way that have turned out long, by kind."""

    def __init__(self) -> None:
        self._lock, self._count = threading.Lock(), Counter[Hashable]()

    def more(self, kind: Hashable) -> int:
        with self._lock:
            self._count[kind] += 1
            return self._count[kind]

    def less(self, kind: Hashable) -> None:
        with self._lock:
            self._count[kind] -= 1


_hanging = _Hanging()


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

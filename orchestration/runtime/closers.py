"""Closing decisions' undo windows at their instant, in the workers that call what follows.

Such a worker foresees, in the second before, whether the decision leads to a step of its queues. Where it does, the
transaction that closes the review leases that step too, and the same thread calls it: nothing has to be handed over
between processes. All of it may fail, be busy or not be there: the sweeper closes a moment later what is still open.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import close_old_connections, transaction

from orchestration.core.effects import CallStep
from orchestration.core.events import Now, TimerFired
from orchestration.core.paths import subject_of
from orchestration.models import Timer
from orchestration.ports import clock
from orchestration.runtime import hints
from orchestration.runtime.advance import consider
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.execute import Lease, Leasing, perform, ready_here
from orchestration.runtime.store import Held, hold_known, look_at

logger = logging.getLogger(__name__)

AHEAD = timedelta(seconds=1.5)  # how early a closing is foreseen
LOOK_EVERY = 0.5  # seconds
MOST = 50  # closings foreseen at once; what comes beyond them is the sweeper's
TOGETHER = 10  # closings in one transaction
LATER = timedelta(seconds=0.05)  # after which the sweeper closes what is still open
UNDO = ":undo"  # what the names of these timers end with


@dataclass(frozen=True, slots=True)
class Closing:
    """An undo window that is about to close."""

    at: datetime  # system time
    run_id: UUID
    name: str
    generation: int

    @property
    def event(self) -> TimerFired:
        return TimerFired(self.name, self.generation)


class Closers:
    """Threads that take turns: one waits for the next instant; while it calls what follows, another one waits."""

    def __init__(self, queues: Iterable[str]) -> None:
        self._queues = frozenset(queues)
        self._turn = threading.Lock()
        self._foreseen: dict[Closing, Held | None] = {}  # the run as it is before; None: not this worker's to close
        self._looks_at = 0.0  # on the monotonic clock

    def run(self, stop: threading.Event) -> None:
        """What each of the threads does until it is told to stop; a call that is under way is completed."""
        while not stop.is_set():
            try:
                self.take_turn(stop)
            except Exception:
                logger.exception("Undo windows could not be closed here; the sweeper does it")
                stop.wait(LOOK_EVERY)
            finally:
                close_old_connections()

    def take_turn(self, stop: threading.Event) -> int:
        """Waits for the next instant, closes, and calls what follows. Returns how many steps it made."""
        with self._turn:
            leases = self._wait_and_close(stop)
        return perform(leases)

    def _wait_and_close(self, stop: threading.Event) -> list[Lease]:
        if time.monotonic() >= self._looks_at:
            self._look()
        if stop.wait(self._seconds_to_wait()):
            return []
        now = clock().system_now()
        ours = ((closing, held) for closing, held in self._foreseen.items() if held is not None and closing.at <= now)
        due = dict(islice(ours, TOGETHER))
        self._foreseen |= dict.fromkeys(due)
        return close(due, self._queues) if due else []

    def _seconds_to_wait(self) -> float:
        until_look = self._looks_at - time.monotonic()
        coming = [closing.at for closing, held in self._foreseen.items() if held is not None]
        until_due = (min(coming) - clock().system_now()).total_seconds() if coming else until_look
        return max(0.0, min(until_look, until_due))

    def _look(self) -> None:
        self._looks_at = time.monotonic() + LOOK_EVERY
        found = _coming(clock().system_now())
        new = foreseen([closing for closing in found if closing not in self._foreseen], self._queues)
        self._foreseen = {closing: new.get(closing, self._foreseen.get(closing)) for closing in found}


def close(due: Mapping[Closing, Held], queues: Collection[str]) -> list[Lease]:
    """Closes undo windows and leases what follows in these queues, in one transaction. A run that somebody else holds
    is left alone, and what cannot be leased here is hinted as ever."""
    with transaction.atomic():
        known = {held.row.id: held for held in due.values()}
        held_by_id = {held.row.id: held for held in hold_known(known, _about(due), wait=False)}
        leasing = Leasing()
        for closing in due:
            if (held := held_by_id.get(closing.run_id)) is not None:
                decided = leasing.decisions.decide(held, closing.event)
                for path in ready_here(held, decided, queues):
                    leasing.lease(held, path)
        leasing.commit()
        return leasing.leases


def foreseen(closings: Sequence[Closing], queues: Collection[str]) -> dict[Closing, Held]:
    """Those that lead to a step of these queues, or to no call at all, as far as can be known before."""
    if not closings:
        return {}
    runs = {held.row.id: held for held in look_at(_about(closings))}
    return {
        closing: runs[closing.run_id]
        for closing in closings
        if closing.run_id in runs and _leads_to(queues, runs[closing.run_id], closing)
    }


def _about(closings: Iterable[Closing]) -> dict[UUID, list[str]]:
    about: dict[UUID, list[str]] = {}
    for closing in closings:
        about.setdefault(closing.run_id, []).append(subject_of(closing.name))
    return about


def _leads_to(queues: Collection[str], held: Held, closing: Closing) -> bool:
    try:
        following = _queues_after(held, closing)
    except Exception:  # noqa: BLE001 - the sweeper meets it too, and says what it is
        return False
    return not following or not following.isdisjoint(queues)


def _queues_after(held: Held, closing: Closing) -> set[str]:
    decided = consider(held, closing.event, Now(clock().process_now(), closing.at))
    called = (effect.path for effect in decided.effects if isinstance(effect, CallStep))
    return {hints.queue_of(definition_of(held.row.version).at(path)) for path in called}


def _coming(now: datetime) -> list[Closing]:
    armed = Timer.objects.filter(status=Timer.Status.ARMED, clock=Timer.Kind.SYSTEM, name__endswith=UNDO)
    soon = armed.filter(due_at__lte=now + AHEAD).order_by("due_at")
    return [Closing(*values) for values in soon.values_list("due_at", "run_id", "name", "generation")[:MOST]]

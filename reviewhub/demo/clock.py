"""Process time that runs fast, for SLA, escalation and waits. System time stays the machine's.

The clock's anchor lies in the database. It runs only as far as some process has promised to be alive (`alive_until`),
and every process that reads the clock renews that promise twice a second. So after a stop, however hard, the clock
stands still at most `PROMISE` later, and goes on from there with the next start: it never jumps back, and it does not
run on while nobody is there. Several processes share one anchor. It stands still from its making until `start`, so
that the cases of the demo wait for their first reader.

Reading never writes: it is safe inside any transaction. All writing is the keeper thread's, on a connection of its own.
"""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection

from reviewhub.demo.models import ClockAnchor

logger = logging.getLogger(__name__)

PROMISE = timedelta(seconds=3)
RENEWED_EVERY = 0.5  # seconds
STANDING = 0.0  # the speed of a clock that nobody has started


@dataclass(frozen=True, slots=True)
class Anchor:
    """A line of process time over system time that ends at `alive_until`."""

    process_at: datetime
    system_at: datetime
    alive_until: datetime
    speed: float

    def at(self, system: datetime) -> datetime:
        passed = max(min(system, self.alive_until) - self.system_at, timedelta(0))
        return self.process_at + passed * self.speed

    def renewed(self, system: datetime, speed: float) -> Anchor:
        """The promise made longer; where it had run out, or the speed is another, from a new anchor."""
        if system <= self.alive_until and speed == self.speed:
            return Anchor(self.process_at, self.system_at, system + PROMISE, speed)
        return Anchor(self.at(system), system, system + PROMISE, speed)


class DemoClock:
    """Implements `orchestration.ports.Clock`."""

    def __init__(self) -> None:
        self._anchor: Anchor | None = None
        self._changes = 0  # counted, so that the keeper cannot put back what was read before one
        self._keeper_pid = 0
        self._starting = threading.Lock()

    def process_now(self) -> datetime:
        anchor = self._anchor or self._read()
        self._keep()
        return anchor.at(self.system_now()) if anchor else self.system_now()

    def system_now(self) -> datetime:
        return datetime.now(UTC)

    def speed(self) -> float:
        anchor = self._anchor or self._read()
        return anchor.speed if anchor else 1.0

    def forget(self) -> None:
        """Reads the anchor anew with the next look: this process has changed it."""
        self._changes += 1
        self._anchor = None

    def _read(self) -> Anchor | None:
        changes, row = self._changes, ClockAnchor.objects.first()
        if row is None:
            return None
        anchor = _anchor_of(row)
        if changes == self._changes:
            self._anchor = anchor
        return anchor

    def _keep(self) -> None:
        """One keeper thread a process; a forked worker starts its own."""
        if self._keeper_pid == os.getpid():
            return
        with self._starting:
            if self._keeper_pid != os.getpid():
                self._keeper_pid = os.getpid()
                threading.Thread(target=self._renew_for_ever, name="demo-clock", daemon=True).start()

    def _renew_for_ever(self) -> None:
        pause = threading.Event()
        while True:
            changes = self._changes
            try:
                anchor = renew(self.system_now())
            except DatabaseError as error:
                logger.warning("The demo's clock could not be renewed: %s", error)
                anchor = None
                connection.close()
            if anchor is not None and changes == self._changes:
                self._anchor = anchor
            pause.wait(RENEWED_EVERY)


clock = DemoClock()  # the one that this process binds


def renew(system: datetime) -> Anchor | None:
    """Renews the stored promise by compare-and-set; whoever loses reads what the winner wrote the next time."""
    row = ClockAnchor.objects.first()
    if row is None:
        return None
    known = _anchor_of(row)
    fresh = system + PROMISE / 2 < known.alive_until and known.speed == settings.DEMO_SPEED
    if fresh or known.speed == STANDING:
        return known
    made = known.renewed(system, settings.DEMO_SPEED)
    return made if _replace(known, made) else None


def set_standing(process_at: datetime) -> None:
    """Puts the clock at an instant, standing still."""
    now = clock.system_now()
    fields = {"process_at": process_at, "system_at": now, "alive_until": now, "speed": STANDING}
    ClockAnchor.objects.update_or_create(pk=1, defaults=fields)
    clock.forget()


def start() -> bool:
    """Lets a standing clock run. False where it runs already or was never set."""
    row = ClockAnchor.objects.filter(speed=STANDING).first()
    if row is None:
        return False
    known = _anchor_of(row)
    started = _replace(known, known.renewed(clock.system_now(), settings.DEMO_SPEED))
    clock.forget()
    return started


def _anchor_of(row: ClockAnchor) -> Anchor:
    return Anchor(row.process_at, row.system_at, row.alive_until, row.speed)


def _replace(known: Anchor, made: Anchor) -> bool:
    same = ClockAnchor.objects.filter(process_at=known.process_at, alive_until=known.alive_until, speed=known.speed)
    return same.update(**asdict(made)) == 1

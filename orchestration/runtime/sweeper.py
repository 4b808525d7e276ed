"""The sweeper: fires timers at their instant, and finds whatever a dead process or an empty broker left behind.

Any number of them may run; each act is decided under the run's lock, so two of them do nothing twice.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import close_old_connections, transaction
from django.db.models import Q

from orchestration.core.events import AttemptLost
from orchestration.models import Attempt, StepRun, Timer
from orchestration.ports import SYSTEM, clock
from orchestration.runtime import answers, calls, events, hints, limits, outbox
from orchestration.runtime.advance import commit, consider, fire, fire_many
from orchestration.runtime.audit import checkpoint
from orchestration.runtime.closers import LATER, UNDO
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.heartbeats import beat
from orchestration.runtime.statistics import analyse_what_has_grown
from orchestration.runtime.store import hold
from orchestration.runtime.stuck import stopped_runs

logger = logging.getLogger(__name__)

POLL = 1.0  # seconds between looks for new timers; one that is due earlier than the next look is waited for exactly
HINT_AFTER = timedelta(seconds=3)  # a ready step that nobody took for so long is hinted again
BATCH = 500
TOGETHER = 100  # timers that fire in one transaction


@dataclass(slots=True)
class Chore:
    """Something to be done now and then, beside the sweeping."""

    every: float  # seconds
    act: Callable[[], object]
    due: float = 0.0  # on the monotonic clock


class Sweeper:
    """Runs in a thread of the embedded process, or of a worker of the orchestration pool."""

    def __init__(self, chores: Iterable[Chore] = ()) -> None:
        self._chores = [
            Chore(5.0, beat),
            Chore(10.0, analyse_what_has_grown),
            Chore(60.0, report_stuck),
            Chore(600.0, checkpoint),
            Chore(3_600.0, events.forget_old_events),
            Chore(3_600.0, answers.forget_expired),
            Chore(300.0, limits.tidy),
            *chores,
        ]

    def run(self, stop: threading.Event) -> None:
        """Sweeps until told to stop. Timers have this thread to themselves, so that no slow mail makes them late."""
        tidying = threading.Thread(target=_repeat, args=(self.tidy, stop), name="tidying", daemon=True)
        tidying.start()
        _repeat(lambda: fire_until(stop), stop, pause=0.0)
        tidying.join(POLL)

    def sweep(self) -> None:
        """One round of everything, here and now."""
        self.tidy()
        fire_timers()

    def tidy(self) -> None:
        """Finds what dead processes and lost hints left behind, sends what is due, and does the chores."""
        lose_expired_leases()
        repeat_hints()
        outbox.send_due()
        for chore in self._chores:
            if time.monotonic() >= chore.due:
                chore.due = time.monotonic() + chore.every
                _quietly(chore.act)


def _repeat(act: Callable[[], object], stop: threading.Event, pause: float = POLL) -> None:
    """An error is logged, and the next round tries again."""
    while not stop.is_set():
        try:
            act()
        except Exception:
            logger.exception("The sweep failed; the next one comes in a second")
            stop.wait(POLL)
        finally:
            close_old_connections()
        stop.wait(pause)


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that is due within the next moment; `at` is in system time whatever its clock."""

    at: datetime
    run_id: UUID
    name: str
    generation: int

    @property
    def closes(self) -> bool:
        """Whether a worker that calls what follows may have fired it at its instant."""
        return self.name.endswith(UNDO)


def fire_timers() -> int:
    """Fires everything that is due now. Returns how many."""
    now = clock().system_now()
    due = [timer for timer in _coming() if timer.at <= now]
    for start in range(0, len(due), TOGETHER):
        _fire(due[start : start + TOGETHER])
    return len(due)


def fire_until(stop: threading.Event) -> None:
    """Fires what falls due within the next `POLL` seconds, each at its instant, then returns to look again. Undo
    windows are left to the workers that call what follows, for a moment."""
    until, look_until = time.monotonic() + POLL, clock().system_now() + timedelta(seconds=POLL)
    found = _coming()
    more = len(found) == BATCH
    found = [replace(timer, at=timer.at + LATER) if timer.closes else timer for timer in found]
    coming = deque(sorted((timer for timer in found if timer.at <= look_until), key=_at))
    while coming:
        if stop.wait(max(0.0, (coming[0].at - clock().system_now()).total_seconds())):
            return
        now, due = clock().system_now(), [coming.popleft()]
        while coming and coming[0].at <= now and len(due) < TOGETHER:
            due.append(coming.popleft())
        more = _fire(_still_armed(due)) and more
        if time.monotonic() > until:
            return
    stop.wait(0.0 if more else max(0.0, until - time.monotonic()))


def _fire(due: Sequence[Due]) -> bool:
    """Fires timers together; where that fails, each for itself, so that one run's trouble is no other's."""
    if not due:
        return True
    try:
        fire_many([(timer.run_id, timer.name, timer.generation) for timer in due])
    except Exception:
        logger.exception("%d timers could not be fired together", len(due))
        for timer in due if len(due) > 1 else ():
            _quietly(fire, timer.run_id, timer.name, timer.generation)
        return False
    return True


def _coming() -> list[Due]:
    """The armed timers of both clocks that are due by the next look, in the order of their instants."""
    process_now, system_now, speed = clock().process_now(), clock().system_now(), clock().speed()
    on_process = Q(clock=Timer.Kind.PROCESS, due_at__lte=process_now + timedelta(seconds=POLL * speed))
    on_system = Q(clock=Timer.Kind.SYSTEM, due_at__lte=system_now + timedelta(seconds=POLL))
    armed = Timer.objects.filter(on_process | on_system, status=Timer.Status.ARMED).order_by("due_at", "id")
    coming = []
    for kind, due_at, run_id, name, generation in armed.values_list("clock", "due_at", "run_id", "name", "generation")[
        :BATCH
    ]:
        if kind == Timer.Kind.SYSTEM:
            at = due_at
        else:  # a clock that stands still (speed 0) brings nothing that is not due already
            at = system_now + (due_at - process_now) / speed if due_at > process_now else system_now
        coming.append(Due(at, run_id, name, generation))
    return sorted(coming, key=_at)


def _at(timer: Due) -> datetime:
    return timer.at


def _still_armed(due: Sequence[Due]) -> list[Due]:
    """Without the undo windows that were closed meanwhile."""
    if not any(timer.closes for timer in due):
        return list(due)
    names = Timer.objects.filter(run__in={timer.run_id for timer in due if timer.closes}, status=Timer.Status.ARMED)
    armed = set(names.values_list("run_id", "name"))
    return [timer for timer in due if not timer.closes or (timer.run_id, timer.name) in armed]


def lose_expired_leases() -> int:
    """Attempts whose worker died or was too slow. Returns how many."""
    now = clock().system_now()
    expired = Attempt.objects.filter(status=Attempt.Status.RUNNING, lease_expires_at__lte=now)
    rows = list(expired.values_list("run_id", "path", "number")[:BATCH])
    for run_id, path, number in rows:
        _quietly(_lose, run_id, path, number)
    return len(rows)


def lose_all_leases() -> int:
    """For the embedded process at its start: it is alone, so whatever is still leased died with its predecessor."""
    return Attempt.objects.filter(status=Attempt.Status.RUNNING).update(lease_expires_at=clock().system_now())


def _lose(run_id: UUID, path: str, number: int) -> None:
    with transaction.atomic():
        held = hold(run_id, about=path)
        lost = Attempt.objects.filter(
            run_id=run_id,
            path=path,
            number=number,
            status=Attempt.Status.RUNNING,
            lease_expires_at__lte=clock().system_now(),
        ).update(status=Attempt.Status.LOST, ended_at=clock().system_now())
        step = held.state.steps.get(path)
        if lost != 1 or step is None or step.status != "running" or step.attempts != number:
            return
        asked = definition_of(held.row.version).at(path)
        draw = random.random()  # noqa: S311 - spreads retries, protects nothing
        event = AttemptLost(path, number, calls.ambiguity(asked), draw, calls.retry_of(asked))
        commit(held, consider(held, event), SYSTEM)


def repeat_hints() -> int:
    """Wakes the workers of queues in which a step has been ready for too long: its hint was lost with a broker or a
    worker, or the workers are busy, and then one hint more does no harm. Returns how many queues there were."""
    before = clock().system_now() - HINT_AFTER
    late = 0
    for queue in hints.queues():
        ready = StepRun.objects.filter(status=StepRun.Status.READY, queue=queue, ready_at__lte=before)
        ready = ready.filter(run__paused_at__isnull=True)
        for run_id, path in ready.order_by("ready_at").values_list("run_id", "path")[:1]:
            hints.send(str(run_id), path, queue)
            late += 1
    return late


def report_stuck() -> list[str]:
    """Open runs that nothing can move on. There are none unless something is broken, so it is said loudly."""
    stuck = [str(row.pk) for row in stopped_runs()]
    if stuck:
        logger.error("Stuck runs, nothing will move them on: %s", ", ".join(stuck))
    return stuck


def _quietly(act: Callable[..., object], *args: object) -> None:
    """One run's trouble must not keep the others waiting."""
    try:
        act(*args)
    except Exception:
        logger.exception("%s%r failed; it will be tried again", getattr(act, "__name__", act), args)

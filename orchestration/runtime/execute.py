"""What a worker does with a hint: lease the step and others that are ready in the same queue, call out with no
transaction open, complete them, and go on with the next ready steps instead of paying a hop for each.

Several steps are leased, called and completed together where their calls are short and may be made again
(`pace.goes_along`); every other step has the worker to itself, and its outcome is recorded at once.
"""

from __future__ import annotations

import logging
import os
import random
import socket
import time
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from orchestration.core.decide import Decided
from orchestration.core.effects import CallStep
from orchestration.core.events import (
    AttemptDeferred,
    AttemptFailed,
    AttemptLeased,
    AttemptReturned,
    AttemptSucceeded,
    Event,
)
from orchestration.core.language.definition import Step
from orchestration.exceptions import InvalidTransition, LeaseLost
from orchestration.models import Attempt, Run
from orchestration.ports import SYSTEM, clock
from orchestration.runtime import calls, figures, hints, limits, pace, values
from orchestration.runtime.advance import Decisions, commit_many
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.loading import lock_ready, lock_where_ready, next_ready, with_runs
from orchestration.runtime.parts import reads_in_part
from orchestration.runtime.plain import own
from orchestration.runtime.store import END_ATTEMPT, INSERT_ATTEMPT, Held, Rows, held_ready, hold_known, read_timer
from orchestration.runtime.together import LATE, Batch
from orchestration.runtime.tools import ToolCall

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 5.0  # how long one hint may go on with next steps before it makes room for others
GRACE = timedelta(seconds=15)  # a lease outlives its call's timeout by this much
WORKER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"


@dataclass(frozen=True, slots=True)
class Lease:
    """A step that this worker may do, until the lease expires."""

    run_id: str
    path: str
    step: Step
    number: int
    token: uuid.UUID
    input: Mapping[str, Any]
    scope: Mapping[str, Any]
    queue: str
    until: float  # on the monotonic clock
    held: Held = field(repr=False, compare=False)  # the run as this worker has left it


Done = Sequence[tuple[Lease, calls.Outcome]]


def execute(run_id: str, path: str, queue: str = "") -> int:
    """Does the step, others that are ready in the queue, and what follows there. Returns how many it made."""
    return perform(take(run_id, path, queue))


def perform(leases: list[Lease]) -> int:
    """Calls what was leased and completes it, and goes on with what follows. Returns how many steps it made."""
    until, made = time.monotonic() + BUDGET_SECONDS, 0
    while leases:
        ours = [lease for lease in leases if time.monotonic() < lease.until]  # others have what had to wait too long
        done, left = Batch(ours, _call, _carry_on, _kind).perform()
        made += len(done)
        leases = left + complete(done, go_on=time.monotonic() < until, beside=left)
    return made


def _kind(lease: Lease) -> str:
    return pace.name_of(lease.step)


def _carry_on(hanging: Lease, done: Done, left: list[Lease], back: list[Lease]) -> None:
    """In a thread of its own, because the thread that leased them is held up by a long call."""
    pace.learn(hanging.step, LATE)  # from now on such steps go alone
    try:
        complete(done, go_on=False)
        give_back(back)
        connection.close()  # long calls may follow, and connections are few
        perform(left)
    finally:
        connection.close()


def _call(lease: Lease) -> calls.Outcome:
    began = time.monotonic()
    looks, settles = (bool(lease.scope.get(name)) for name in ("reconcile", "settling"))
    given = own(values.whole(lease.run_id, lease.input))
    outcome = calls.call(lease.step, given, _tool_call(lease), reconcile=looks, settle=settles)
    seconds = time.monotonic() - began
    pace.learn(lease.step, seconds)
    went = outcome.error["class"] if isinstance(outcome, calls.Failed) else "succeeded"
    figures.count_call(lease.step, went, seconds)
    if (limited := limits.of(lease.step)) is not None:
        error = outcome.error if isinstance(outcome, calls.Failed) else None
        limits.settle(lease.run_id, lease.path, limited, limits.Call(seconds, error))
    return outcome


# ---- leasing -----------------------------------------------------------------------------------


class Leasing:
    """Decisions on several runs in one transaction, and the steps leased with them. `beside`: what this worker has
    to do already."""

    def __init__(self, beside: Iterable[Lease] = ()) -> None:
        self.leases: list[Lease] = []
        self.decisions = Decisions()
        self.rows = Rows()
        self._steps, self._seconds, self._along, self._limited = 0, 0.0, True, False
        for lease in beside:
            self._count(lease.step)

    def lease(self, held: Held, path: str) -> None:
        """Leases a ready step if there is room for it. A refusal leaves it as it was."""
        step = definition_of(held.row.version).at(path)
        if not self._fits(step) or self._has_to_wait(held, path, step):
            return
        try:
            self.decisions.decide(held, AttemptLeased(path, WORKER))
        except InvalidTransition:
            return
        self._count(step)
        lease = _lease(held, path, step)
        self.leases.append(lease)
        held.running[path] = (lease.number, lease.token)
        self.rows.add(INSERT_ATTEMPT, _attempt(held, lease))

    def _has_to_wait(self, held: Held, path: str, step: Step) -> bool:
        """Whether a limit refuses the step. It is ready again when its turn comes, or its timer."""
        limited = limits.of(step)
        if limited is None or held.state.steps[path].status != "ready":
            return False
        if self._limited:  # one a transaction: subjects are locked in the order of names
            return True
        self._limited = True
        wait = limits.admit(held.row.id, path, limited, timedelta(seconds=calls.timeout_of(step)) + GRACE)
        if wait is None:
            return False
        read_timer(held, f"{path}:admission")
        self.decisions.decide(held, AttemptDeferred(path, wait.subject, wait.because, wait.until))
        return True

    def _fits(self, step: Step) -> bool:
        """The first one always does; others only beside short calls, and if they are short themselves."""
        if self._steps == 0:
            return True
        if self._steps >= pace.MOST or not (self._along and pace.goes_along(step)):
            return False
        return self._seconds + pace.expected(step) <= pace.TOGETHER

    def _count(self, step: Step) -> None:
        self._steps += 1
        self._seconds += pace.expected(step)
        self._along = self._along and pace.goes_along(step)

    def commit(self) -> None:
        taken = [(uuid.UUID(lease.run_id), lease.path) for lease in self.leases]
        commit_many(self.decisions.made(SYSTEM), taken=taken, rows=self.rows)


def take(run_id: str, path: str, queue: str = "") -> list[Lease]:
    """Leases the step if it is ready, and with a queue others that are ready there too."""
    try:
        return _take(run_id, path, queue)
    except Exception:
        if not queue:
            raise
        logger.exception("Steps of the queue %s could not be leased together; %s of %s goes alone", queue, path, run_id)
        return _take(run_id, path, "")


def _take(run_id: str, path: str, queue: str) -> list[Lease]:
    with transaction.atomic():
        found = _found(run_id, path, queue)
        leases = _leased(found) if found else []
        if queue:
            _pass_on(queue, leases)
        return leases


def _leased(found: Sequence[tuple[Run, str]]) -> list[Lease]:
    leasing = Leasing()
    held = {each.row.id: each for each in held_ready(found)}
    for row, ready in found:
        if ready in held[row.id].state.steps:
            leasing.lease(held[row.id], ready)
    leasing.commit()
    return leasing.leases


def _found(run_id: str, path: str, queue: str) -> list[tuple[Run, str]]:
    """Ready steps whose runs are locked now. Only the first lock is waited for, so nobody waits in a circle."""
    row = lock_where_ready(run_id, path)
    found = [(row, path)] if row is not None else with_runs(lock_ready(queue, 1)) if queue else []
    if not found or not queue:
        return found
    first, where = found[0]
    room = pace.room(definition_of(first.version).at(where))
    others = lock_ready(queue, room) if room > 1 else []
    return found + with_runs([other for other in others if other != (first.id, where)], first)


def _pass_on(queue: str, leases: list[Lease]) -> None:
    """A hint wakes one worker for the whole queue: whoever leaves something ready there wakes the next one, also where
    its run was locked just now, which the next one waits for."""
    leased = {(lease.run_id, lease.path) for lease in leases}
    for run_id, path in next_ready(queue, len(leased) + 1):
        if (str(run_id), path) not in leased:
            transaction.on_commit(partial(hints.send, str(run_id), path, queue), robust=True)
            return


# ---- completing --------------------------------------------------------------------------------


def complete(done: Done, *, go_on: bool, beside: Sequence[Lease] = ()) -> list[Lease]:
    """Records what the calls led to, and leases what follows in the same queues in the same transaction."""
    if not done:
        return []
    try:
        return _complete(done, go_on=go_on, beside=beside)
    except Exception:
        if len(done) == 1:
            raise
        logger.exception("%d outcomes could not be recorded together; they are recorded one by one", len(done))
    leases: list[Lease] = []
    for one in done:
        try:
            leases += _complete([one], go_on=go_on, beside=[*beside, *leases])
        except Exception:
            logger.exception("The outcome of %s of run %s could not be recorded", one[0].path, one[0].run_id)
    return leases


def _complete(done: Done, *, go_on: bool, beside: Sequence[Lease]) -> list[Lease]:
    with transaction.atomic():
        held_by_id = _held_again([lease for lease, _ in done])
        leasing = Leasing(beside=beside)
        recorded = [
            (held_by_id[lease.run_id], decided)
            for lease, outcome in done
            if lease.run_id in held_by_id
            and (decided := _record(leasing, held_by_id[lease.run_id], lease, outcome)) is not None
        ]
        queues = {lease.queue for lease, _ in done}
        for held, decided in recorded if go_on else ():
            for path in ready_here(held, decided, queues):
                leasing.lease(held, path)
        leasing.commit()
        return leasing.leases


def _held_again(leases: Sequence[Lease]) -> dict[str, Held]:
    """The runs of these leases under their locks. What this worker has left of a run itself is not read again, but of a
    long one a part is read each time, so that what is held of it does not grow."""
    known: dict[UUID, Held] = {}
    about: dict[UUID, list[str]] = {}
    for lease in leases:
        held, run_id = lease.held, lease.held.row.id
        about.setdefault(run_id, []).append(lease.path)
        if held.is_all and not reads_in_part(held.row):
            known[run_id] = max(known.get(run_id, held), held, key=_sequence)
    return {str(held.row.id): held for held in hold_known(known, about, wait=True)}


def _sequence(held: Held) -> int:
    return held.row.sequence


def give_back(leases: Sequence[Lease]) -> None:
    """Steps that were leased and not called are ready again for whoever has time for them; it costs no attempt."""
    if not leases:
        return
    with transaction.atomic():
        held_by_id = _held_again(leases)
        leasing = Leasing()
        for lease in leases:
            if lease.run_id in held_by_id:
                _return(leasing, held_by_id[lease.run_id], lease)
        leasing.commit()


def _return(leasing: Leasing, held: Held, lease: Lease) -> None:
    if held.running.get(lease.path) != (lease.number, lease.token):
        return
    try:
        leasing.decisions.decide(held, AttemptReturned(lease.path, lease.number))
    except (LeaseLost, InvalidTransition):
        return
    status, now = Attempt.Status.RETURNED.value, clock().system_now()
    leasing.rows.add(END_ATTEMPT, [status, now, None, held.row.id, lease.path, lease.number, lease.token])


def _record(leasing: Leasing, held: Held, lease: Lease, outcome: calls.Outcome) -> Decided | None:
    """The fencing token: only the holder of the current lease ends the attempt. It was read under the run's lock."""
    if held.running.get(lease.path) != (lease.number, lease.token):
        return None
    try:
        decided = leasing.decisions.decide(held, _event(lease, outcome))
    except (LeaseLost, InvalidTransition):
        return None
    if isinstance(outcome, calls.Succeeded) and outcome.recommendation is not None:
        outcome.recommendation.save(force_insert=True)
    status = Attempt.Status.SUCCEEDED if isinstance(outcome, calls.Succeeded) else Attempt.Status.FAILED
    error = outcome.error if isinstance(outcome, calls.Failed) else None
    ended = [status.value, clock().system_now(), error, held.row.id, lease.path, lease.number, lease.token]
    leasing.rows.add(END_ATTEMPT, ended)
    return decided


def _event(lease: Lease, outcome: calls.Outcome) -> Event:
    if isinstance(outcome, calls.Succeeded):
        return AttemptSucceeded(lease.path, lease.number, outcome.result)
    ambiguous = calls.ambiguity(lease.step)
    retry, draw = calls.retry_of(lease.step), random.random()  # noqa: S311 - spreads retries, protects nothing
    return AttemptFailed(lease.path, lease.number, outcome.error, ambiguous, draw, retry)


def ready_here(held: Held, decided: Decided, queues: Collection[str]) -> list[str]:
    """What a decision has made ready in these queues and may be leased with it: no limit has to be asked."""
    definition = definition_of(held.row.version)
    ready = [effect.path for effect in decided.effects if isinstance(effect, CallStep)]
    steps = (definition.at(path) for path in ready)
    return [step.path for step in steps if hints.queue_of(step) in queues and limits.of(step) is None]


def _lease(held: Held, path: str, step: Step) -> Lease:
    state = held.state.steps[path]
    return Lease(
        run_id=str(held.row.id),
        path=path,
        step=step,
        number=state.attempts,
        token=uuid.uuid4(),
        input=state.input or {},
        scope=state.scope or {},
        queue=hints.queue_of(step),
        until=time.monotonic() + calls.timeout_of(step) + GRACE.total_seconds(),
        held=held,
    )


def _attempt(held: Held, lease: Lease) -> list[Any]:
    now = clock().system_now()
    made = Attempt(
        run_id=held.row.id,
        path=lease.path,
        number=lease.number,
        lease_token=lease.token,
        lease_expires_at=now + timedelta(seconds=calls.timeout_of(lease.step)) + GRACE,
        worker=WORKER,
        started_at=now,
    )
    return [getattr(made, name) for name in INSERT_ATTEMPT.columns]


def _tool_call(lease: Lease) -> ToolCall:
    corrected = lease.scope.get("corrected")
    suffix = f":{corrected}" if corrected else ""  # another input is another effect
    return ToolCall(
        idempotency_key=f"{lease.run_id}:{lease.path}{suffix}",
        timeout=calls.timeout_of(lease.step),
        attempt=lease.number,
        run_id=lease.run_id,
        is_wanted=partial(_is_wanted, lease),
    )


def _is_wanted(lease: Lease) -> bool:
    """Whether the attempt still runs, as the database knows it: one look by a unique index."""
    attempts = Attempt.objects.filter(run_id=lease.run_id, path=lease.path, number=lease.number)
    return attempts.filter(lease_token=lease.token, status=Attempt.Status.RUNNING).exists()

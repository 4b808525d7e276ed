"""What a worker does with a hint: lease the step, call out with no transaction open, complete it, and go on with
the next ready step of the same pool instead of paying a hop for each."""

from __future__ import annotations

import os
import random
import socket
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction

from orchestration.core.decide import Decided
from orchestration.core.effects import CallStep
from orchestration.core.events import AttemptDeferred, AttemptFailed, AttemptLeased, AttemptSucceeded, Event
from orchestration.core.language.definition import Step
from orchestration.exceptions import InvalidTransition, LeaseLost, NotFound
from orchestration.models import Attempt
from orchestration.ports import SYSTEM, clock
from orchestration.runtime import calls, hints, limits
from orchestration.runtime.advance import commit, commit_many, consider, then
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.store import END_ATTEMPT, INSERT_ATTEMPT, Held, Rows, hold, hold_ready, with_timer
from orchestration.runtime.tools import ToolCall

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


def execute(run_id: str, path: str) -> int:
    """Does the step and what follows in the same pool. Returns the number of attempts made."""
    started, made = time.monotonic(), 0
    lease = take(run_id, path)
    while lease is not None:
        outcome = _called(lease)
        made += 1
        go_on = time.monotonic() - started < BUDGET_SECONDS
        lease = complete(lease, outcome, go_on=go_on)
    return made


def _called(lease: Lease) -> calls.Outcome:
    began = time.monotonic()
    outcome = calls.call(lease.step, lease.input, _tool_call(lease), reconcile=bool(lease.scope.get("reconcile")))
    limited = limits.of(lease.step)
    if limited is not None:
        error = outcome.error if isinstance(outcome, calls.Failed) else None
        limits.settle(lease.run_id, lease.path, limited, limits.Call(time.monotonic() - began, error))
    return outcome


def take(run_id: str, path: str) -> Lease | None:
    """Leases a ready step. None where somebody else was first, or the run has moved on."""
    try:
        with transaction.atomic():
            held = hold_ready(run_id, path)
            if _has_to_wait(held, path):
                return None
            decided = consider(held, AttemptLeased(path, WORKER))
            lease, rows = _lease(held, decided, path), Rows()
            rows.add(INSERT_ATTEMPT, _attempt(held, lease))
            commit_many([(held, decided, SYSTEM)], rows=rows)
            return lease
    except (InvalidTransition, NotFound):
        return None


def _has_to_wait(held: Held, path: str) -> bool:
    """Whether a limit refuses the step. It is ready again when its turn comes, or its timer."""
    state, step = held.state.steps.get(path), definition_of(held.row.version).at(path)
    limited = limits.of(step)
    if limited is None or state is None or state.status != "ready":
        return False
    wait = limits.admit(held.row.id, path, limited, timedelta(seconds=calls.timeout_of(step)) + GRACE)
    if wait is None:
        return False
    waiting = with_timer(held, f"{path}:admission")
    event = AttemptDeferred(path, wait.subject, wait.because, wait.until)
    commit(waiting, consider(waiting, event), SYSTEM)
    return True


def complete(lease: Lease, outcome: calls.Outcome, *, go_on: bool) -> Lease | None:
    """Records what the call led to, and leases the next ready step of this pool in the same transaction."""
    try:
        with transaction.atomic():
            held = hold(lease.run_id)
            rows = Rows()
            rows.add(END_ATTEMPT, _ended(held, lease, outcome))
            decided = consider(held, _event(lease, outcome))
            if isinstance(outcome, calls.Succeeded) and outcome.recommendation is not None:
                outcome.recommendation.save(force_insert=True)
            path = _next_here(held, decided, lease.queue) if go_on else None
            if path is None:
                commit_many([(held, decided, SYSTEM)], rows=rows)
                return None
            held.state = decided.state
            leased = consider(held, AttemptLeased(path, WORKER))
            following = _lease(held, leased, path)
            rows.add(INSERT_ATTEMPT, _attempt(held, following))
            commit_many([(held, then(decided, leased), SYSTEM)], rows=rows, taken=[(held.row.id, path)])
            return following
    except LeaseLost:
        return None


def _event(lease: Lease, outcome: calls.Outcome) -> Event:
    if isinstance(outcome, calls.Succeeded):
        return AttemptSucceeded(lease.path, lease.number, outcome.result)
    ambiguous = calls.ambiguity(lease.step)
    retry, draw = calls.retry_of(lease.step), random.random()  # noqa: S311 - spreads retries, protects nothing
    return AttemptFailed(lease.path, lease.number, outcome.error, ambiguous, draw, retry)


def _ended(held: Held, lease: Lease, outcome: calls.Outcome) -> list[Any]:
    """The fencing token: only the holder of the current lease ends the attempt. Read under the run's lock."""
    if held.running.get(lease.path) != (lease.number, lease.token):
        raise LeaseLost
    failed = isinstance(outcome, calls.Failed)
    status = Attempt.Status.FAILED if failed else Attempt.Status.SUCCEEDED
    error = outcome.error if isinstance(outcome, calls.Failed) else None
    return [status.value, clock().system_now(), error, held.row.id, lease.path, lease.number, lease.token]


def _next_here(held: Held, decided: Decided, queue: str) -> str | None:
    definition = definition_of(held.row.version)
    ready = [effect.path for effect in decided.effects if isinstance(effect, CallStep)]
    steps = (definition.at(path) for path in ready)
    return next((step.path for step in steps if hints.queue_of(step) == queue and limits.of(step) is None), None)


def _lease(held: Held, decided: Decided, path: str) -> Lease:
    step = definition_of(held.row.version).at(path)
    state = decided.state.steps[path]
    return Lease(
        run_id=str(held.row.id),
        path=path,
        step=step,
        number=state.attempts,
        token=uuid.uuid4(),
        input=state.input or {},
        scope=state.scope or {},
        queue=hints.queue_of(step),
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

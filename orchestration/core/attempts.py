"""Attempts in the core: leasing, completing, and what becomes of an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core import caching, failing, flow
from orchestration.core.deciding import Deciding
from orchestration.core.effects import CallStep
from orchestration.core.events import (
    AttemptDeferred,
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptReturned,
    AttemptSucceeded,
    LimitLifted,
)
from orchestration.core.retry import ErrorClass, policy_from
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition, LeaseLost


def leased(d: Deciding, event: AttemptLeased) -> None:
    step = d.work.steps.get(event.path)
    if step is None or step.status != "ready":
        raise InvalidTransition(f"{event.path} cannot be leased: it is {step.status if step else 'not open'}.")
    if d.work.run.paused_at is not None:
        raise InvalidTransition(f"{event.path} cannot be leased: its run is paused.")
    d.record("attempt.started", {"path": event.path, "number": step.attempts + 1, "worker": event.worker})


def deferred(d: Deciding, event: AttemptDeferred) -> None:
    """A limit makes the step wait; its timer makes it ready again, if nobody does before."""
    step = d.work.steps.get(event.path)
    if step is None or step.status != "ready":
        raise InvalidTransition(f"{event.path} cannot wait for its turn: it is {step.status if step else 'not open'}.")
    data = {"path": event.path, "of": event.subject, "because": event.because, "until": event.until.isoformat()}
    d.record("step.limited", data)
    d.arm([(_admission(event.path), "system", event.until)])


def limit_lifted(d: Deciding, event: LimitLifted) -> None:
    step = d.work.steps.get(event.path)
    if step is None or step.status != "limited":
        raise InvalidTransition(f"{event.path} does not wait for a limit.")
    timer = d.work.timers.get(_admission(event.path))
    if timer is not None and timer.status == "armed":
        d.stop([timer.name])
    admission_due(d, event.path)


def admission_due(d: Deciding, path: str) -> None:
    if d.work.steps[path].status != "limited":
        return
    d.record("step.ready", {"path": path})
    d.effects.append(CallStep(path))


def _admission(path: str) -> str:
    return f"{path}:admission"


def succeeded(d: Deciding, event: AttemptSucceeded) -> None:
    _running(d, event.path, event.number)
    caching.keep(d, event.path, event.result)
    flow.succeed(d, event.path, event.result)


def failed(d: Deciding, event: AttemptFailed) -> None:
    step = _running(d, event.path, event.number)
    _after_error(d, step, "attempt.failed", event.error, event)


def lost(d: Deciding, event: AttemptLost) -> None:
    step = _running(d, event.path, event.number)
    error = {
        "class": ErrorClass.AMBIGUOUS.value,
        "code": "lease_lost",
        "message": "The worker that had this step was lost; the call may have taken effect.",
    }
    _after_error(d, step, "attempt.lost", error, event)


def returned(d: Deciding, event: AttemptReturned) -> None:
    """Nothing was tried, so nothing counts as tried; the number stays used."""
    step = _running(d, event.path, event.number)
    scope = dict(step.scope or {})
    scope["forgiven"] = scope.get("forgiven", 0) + 1
    d.record("attempt.returned", {"path": event.path, "number": event.number, "scope": scope})
    d.effects.append(CallStep(event.path))


def child_failed(d: Deciding, event: AttemptFailed) -> None:
    """A run that the step started did not end well: an error of the step, like any other."""
    _after_error(d, d.work.steps[event.path], "child.failed", event.error, event)


def retry_due(d: Deciding, path: str) -> None:
    if d.work.steps[path].status != "retrying":
        return
    d.record("step.ready", {"path": path})
    d.effects.append(CallStep(path))


def _running(d: Deciding, path: str, number: int) -> StepState:
    """The fencing: only the attempt that the state knows as the running one may complete it."""
    step = d.work.steps.get(path)
    if step is None or step.status != "running" or step.attempts != number:
        raise LeaseLost(f"Attempt {number} of {path} is not the running one.")
    return step


def _after_error(
    d: Deciding, step: StepState, kind: str, error: Mapping[str, Any], event: AttemptFailed | AttemptLost
) -> None:
    """Transient errors wait and retry; ambiguous ones retry only as the tool allows; the rest goes to a person."""
    scope = dict(step.scope or {})
    policy = policy_from(d.world.definition.at(step.path).spec.get("retry"), event.retry)
    tried = step.attempts - scope.get("forgiven", 0)
    is_ambiguous = error["class"] == ErrorClass.AMBIGUOUS
    may_retry = error["class"] == ErrorClass.TRANSIENT or (is_ambiguous and event.ambiguous != "ask")
    data: dict[str, Any] = {"path": step.path, "number": step.attempts, "class": error["class"], "code": error["code"]}
    if is_ambiguous:
        looks = {"reconcile": True} if event.ambiguous == "reconcile" else {}
        data["scope"] = {**scope, "unsure": True, **looks}
    if scope.get("settling") and not failing.may_have_taken_effect(step, error):
        d.record(kind, {**data, "then": "waiting"}, {"error": dict(error)})
        flow.fail(d, step.path, error)  # nothing was done, so there is nothing to undo
        return
    if not may_retry or policy.exhausted(tried):
        d.record(kind, {**data, "then": "waiting"}, {"error": dict(error)})
        flow.give_up(d, step.path, error)
        return
    wait = policy.delay(tried, event.draw, error.get("retry_after"))
    d.record(kind, {**data, "then": "retrying", "wait": wait.total_seconds()}, {"error": dict(error)})
    d.arm([(f"{step.path}:retry", "system", d.now.system + wait)])

"""How a run goes from step to step: entering, finishing, branching and joining."""

from __future__ import annotations

from typing import Any

from orchestration.core import reviews, waits
from orchestration.core.deciding import Deciding
from orchestration.core.effects import CallStep, EmitEvent
from orchestration.core.incidents import open_incident
from orchestration.core.language.definition import Step
from orchestration.core.language.expressions import ExpressionError


def settle(d: Deciding) -> None:
    """Enters steps until everything that needs no outside call is done."""
    while d.entering:
        step = d.world.definition.at(d.entering.popleft())
        try:
            _enter(d, step)
        except ExpressionError as error:
            _open(d, step, "waiting")
            open_incident(d, step.path, expression_error(error))


def expression_error(error: ExpressionError) -> dict[str, Any]:
    return {
        "class": "permanent",
        "code": "expression",
        "message": error.reason,
        "expression": error.expression,
        "seen": {name: repr(value)[:200] for name, value in error.values.items()},
    }


def _enter(d: Deciding, step: Step) -> None:
    if step.when is not None and not d.holds(step.when, step.path):
        d.record("step.skipped", {"path": step.path, "id": step.id, "kind": step.kind, "status": "skipped"})
        leave(d, step.path)
        return
    _ENTER[step.kind](d, step)


def _open(d: Deciding, step: Step, status: str, *, scope: Any = None, given: Any = None) -> None:
    data = {"path": step.path, "id": step.id, "kind": step.kind, "status": status}
    if scope is not None:
        data["scope"] = scope
    d.record("step.opened", data, {"input": given} if given is not None else None)


def succeed(d: Deciding, path: str, result: Any) -> None:
    d.record("step.succeeded", {"path": path}, {"result": result} if result is not None else None)
    leave(d, path)


def leave(d: Deciding, path: str) -> None:
    """Goes on after a step that ended well: to the next one of its block, or out of the block."""
    definition = d.world.definition
    following = definition.following(path)
    if following is not None:
        d.entering.append(following)
        return
    parent = definition.parent(path)
    if parent is None:
        d.end_run("succeeded", "done", "The last step is done.")
        return
    if parent.step.kind == "switch":
        succeed(d, parent.path, {"case": parent.block.name})
    else:
        _join(d, parent.path)


def _join(d: Deciding, path: str) -> None:
    scope = d.work.steps[path].scope or {}
    left = scope["open"] - 1
    d.record("step.joined", {"path": path, "scope": {**scope, "open": left}})
    if left == 0:
        succeed(d, path, None)


# ---- one function a kind -----------------------------------------------------------------------


def _enter_call(d: Deciding, step: Step) -> None:
    given = d.evaluate(step.values["with"], step.path) if "with" in step.values else {}
    _open(d, step, "ready", given=given)
    d.effects.append(CallStep(step.path))


def _enter_review(d: Deciding, step: Step) -> None:
    request = reviews.request_for(d, step)
    _open(d, step, "waiting")
    reviews.open_review(d, step.path, request)


def _enter_switch(d: Deciding, step: Step) -> None:
    taken = next((block for block in step.blocks if block.when is None or d.holds(block.when, step.path)), None)
    _open(d, step, "waiting", scope={"taken": taken.name if taken else None})
    if taken is not None and taken.steps:
        d.entering.append(taken.first(f"{step.path}/{taken.name}"))
    else:
        succeed(d, step.path, {"case": taken.name if taken else None})


def _enter_parallel(d: Deciding, step: Step) -> None:
    branches = [block for block in step.blocks if block.steps]
    _open(d, step, "waiting", scope={"open": len(branches)})
    d.entering.extend(block.first(f"{step.path}/{block.name}") for block in branches)
    if not branches:
        succeed(d, step.path, None)


def _enter_set(d: Deciding, step: Step) -> None:
    result = d.evaluate(step.values["set"], step.path)
    _open(d, step, "waiting")
    succeed(d, step.path, result)


def _enter_wait(d: Deciding, step: Step) -> None:
    result = waits.open_wait(d, step)
    if result is not None:
        succeed(d, step.path, result)


def _enter_emit(d: Deciding, step: Step) -> None:
    name, key = step.spec["emit"]["event"], waits.key_of(d, step)
    payload = d.evaluate(step.values["with"], step.path)
    _open(d, step, "waiting", given={"event": name, "key": key, "with": payload})
    id_ = f"{d.work.run.id}:{step.path}"
    d.record("event.emitted", {"path": step.path, "event": name, "id": id_})
    d.effects.append(EmitEvent(name, key, id_, payload))
    succeed(d, step.path, {"id": id_})


def _enter_end(d: Deciding, step: Step) -> None:
    outcome = d.evaluate(step.values["end"], step.path)
    _open(d, step, "waiting")
    d.record("step.succeeded", {"path": step.path})
    _close_cases_around(d, step.path)
    d.end_run("succeeded", str(outcome), "The run reached its end.")


def _close_cases_around(d: Deciding, path: str) -> None:
    """An end inside a switch is the end of the case that was taken; the other branches of a fork are cancelled."""
    parent = d.world.definition.parent(path)
    while parent is not None and parent.step.kind == "switch":
        d.record("step.succeeded", {"path": parent.path}, {"result": {"case": parent.block.name}})
        parent = d.world.definition.parent(parent.path)


def _enter_fail(d: Deciding, step: Step) -> None:
    message = str(d.evaluate(step.values["fail"], step.path))
    _open(d, step, "waiting")
    fail(d, step.path, {"class": "permanent", "code": "fail", "message": message})


def fail(d: Deciding, path: str, error: dict[str, Any]) -> None:
    """Fails a step for good, and the run with it."""
    d.record("step.failed", {"path": path}, {"error": error})
    d.end_run("failed", "failed", "A step failed.", {**error, "step": path})


_ENTER = {
    "tool": _enter_call,
    "ai": _enter_call,
    "review": _enter_review,
    "switch": _enter_switch,
    "parallel": _enter_parallel,
    "wait": _enter_wait,
    "emit": _enter_emit,
    "set": _enter_set,
    "end": _enter_end,
    "fail": _enter_fail,
}

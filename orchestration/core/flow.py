"""How a run goes from step to step: entering, finishing, branching and joining."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core import (
    caching,
    continuing,
    deadlines,
    ending,
    failing,
    joins,
    large,
    loops,
    paths,
    reviews,
    waits,
)
from orchestration.core.children import ask_to_undo, open_child
from orchestration.core.deciding import TIMEOUT, Deciding
from orchestration.core.effects import CallStep, EmitEvent
from orchestration.core.incidents import open_incident
from orchestration.core.language.definition import ON_ERROR, Around, Step
from orchestration.core.language.expressions import ExpressionError
from orchestration.core.retry import ErrorClass


def settle(d: Deciding) -> None:
    """Enters steps until everything that needs no outside call is done."""
    while d.entering and not continuing.over_step_limit(d):
        path = d.entering.popleft()
        if paths.is_iteration(path):
            _turn(d, path)
            continue
        step = d.world.definition.at(path)
        try:
            _enter(d, step)
        except ExpressionError as error:
            _open(d, step, "waiting")
            open_incident(d, step.path, expression_error(error))


def enter_again(d: Deciding, path: str) -> None:
    """After an incident: a loop goes on with the round it was in, any other step begins anew."""
    scope = d.work.steps[path].scope or {}
    d.entering.append(f"{path}#{scope['round']}" if "round" in scope else path)


def expression_error(error: ExpressionError) -> dict[str, Any]:
    return {
        "class": "permanent",
        "code": "expression",
        "message": error.reason,
        "expression": error.expression,
        "seen": {name: repr(value)[:200] for name, value in error.values.items()},
    }


def _enter(d: Deciding, step: Step) -> None:
    if step.path in d.known:
        _take_over(d, step)
        return
    if step.when is not None and not d.holds(step.when, step.path):
        d.record("step.skipped", {"path": step.path, "id": step.id, "kind": step.kind, "status": "skipped"})
        leave(d, step.path)
        return
    _ENTER[step.kind](d, step)
    deadlines.begin_step(d, step)


def _take_over(d: Deciding, step: Step) -> None:
    """Ends the step as it ended in the run that this one goes on from."""
    known = d.known[step.path]
    undoes = {"undoes": known.undoes} if known.undoes is not None else {}
    _open(d, step, "waiting", scope={"taken_over": d.how, **undoes}, given=known.input)
    if known.error is not None:
        fail(d, step.path, dict(known.error))
    else:
        ending.take_over(d, step.path, known.undo)
        succeed(d, step.path, known.result, registers=False)


def _open(d: Deciding, step: Step, status: str, *, scope: Any = None, given: Any = None) -> None:
    d.open_step(step, status, scope=scope, given=given)


def succeed(d: Deciding, path: str, result: Any, *, handled: bool = False, registers: bool = True) -> None:
    """`handled`: by the step's `on_error`; its error stays to be seen. `registers`: it was done by its own tool."""
    too_large = large.fault_of(result)
    if too_large is not None:
        _cannot_keep(d, path, too_large)
        return
    _stop_clocks(d, path)
    data = {"path": path, "handled": True} if handled else {"path": path}
    d.record("step.succeeded", data, {"result": result} if result is not None else None)
    if registers and not handled:
        ending.register(d, path)
    leave(d, path)


def _cannot_keep(d: Deciding, path: str, why: str) -> None:
    """What the step gave is larger than any value may be. No other tool takes its place: it has done its work."""
    error = {"class": "permanent", "code": "too_large", "message": f"What it gave cannot be kept. {why}"}
    if not d.world.definition.at(path).blocks and failing.asks_a_person(d, path, error):
        open_incident(d, path, error)
    else:
        fail(d, path, error)


def _stop_clocks(d: Deciding, path: str) -> None:
    d.stop_if_armed(f"{path}:{TIMEOUT}")
    deadlines.stop(d, path)


def leave(d: Deciding, path: str) -> None:
    """Goes on after a step that ended well: to the next one of its block, or out of the block."""
    definition, run = d.world.definition, d.work.run
    if run.status == "ending" and not ending.is_handler(path):
        ending.go_on(d)
        return
    if _is_let_go(d, path):
        return
    replaced = paths.replaced_by(path)
    if replaced is not None:
        succeed(d, replaced, d.whole(d.work.steps[path].result), registers=False)
        return
    following = definition.following(path)
    if following is not None:
        d.entering.append(following)
        return
    around = definition.parent(path)
    if around is None and run.status == "ending":
        ending.handled(d)
    elif around is None:
        d.end_run("succeeded", "done", "The last step is done.", result=d.whole(d.work.steps[path].result))
    elif around.block.name == ON_ERROR:
        _handled(d, path, around)
    elif around.step.kind == "switch":
        succeed(d, around.path, {"case": around.block.name})
    elif around.step.kind == "repeat":
        d.entering.append(around.within)
    else:
        _over(d, around.path, joins.ended(d, around, well=True))


def _is_let_go(d: Deciding, path: str) -> bool:
    """Whether what is around it has gone on without it: it was only open until its outcome was known."""
    return bool((d.work.steps[path].scope or {}).get("settling"))


def _turn(d: Deciding, iteration: str) -> None:
    path, _ = paths.block_of(iteration)
    try:
        _over(d, path, loops.turn(d, iteration))
    except ExpressionError as error:
        open_incident(d, path, expression_error(error))


def _over(d: Deciding, path: str, over: joins.Over | None) -> None:
    if over is None:
        return
    if over.error is not None:
        fail(d, path, over.error)
    else:
        succeed(d, path, over.result)


# ---- errors ------------------------------------------------------------------------------------


def give_up(d: Deciding, path: str, error: Mapping[str, Any]) -> None:
    """A step cannot go on by itself: another tool takes its place, or a person is asked, or the text says more."""
    if _replace(d, path, error):
        return
    if paths.replaced_by(path) is not None and error["class"] != ErrorClass.AMBIGUOUS:
        fail(d, path, error)  # the next one, or the step itself
        return
    if failing.asks_a_person(d, path, error):
        open_incident(d, path, error)
    else:
        fail(d, path, error)


def _replace(d: Deciding, path: str, error: Mapping[str, Any]) -> bool:
    """Calls the next tool in the place of the one that failed. Never after a call that may have taken effect."""
    scope = d.work.steps[path].scope or {}
    number = scope.get("fallback", 0) + 1
    if error["class"] == ErrorClass.AMBIGUOUS or scope.get("unsure") or scope.get("settling"):
        return False
    if number > len(d.world.definition.at(path).fallbacks):
        return False
    to = paths.fallback_of(path, number)
    d.record("step.replaced", {"path": path, "to": to, "scope": {**scope, "fallback": number}}, {"error": dict(error)})
    d.entering.append(to)
    return True


def fail(d: Deciding, path: str, error: Mapping[str, Any]) -> None:
    """Fails a step for good: its handlers begin, or what is around it fails or counts it, or the run fails."""
    error = failing.explained(d, path, error)
    _stop_clocks(d, path)
    over = d.work.run.status == "ending" and not ending.is_handler(path)
    if _is_let_go(d, path):
        d.record("step.failed", {"path": path}, {"error": error})
        if over:
            ending.go_on(d)
        return
    if failing.handles(d, path) and not over:
        _handle(d, path, error)
        return
    d.record("step.failed", {"path": path}, {"error": error})
    if over:
        ending.go_on(d)
        return
    replaced = paths.replaced_by(path)
    if replaced is not None:
        give_up(d, replaced, error)
        return
    if not failing.is_caught(d, path):
        ending.begin(d, "failed", "failed", "A step failed.", error)
        return
    around = d.world.definition.parent(path)
    if around is None:
        return
    d.cancel_inside(around.within, "Something beside it failed.")
    if joins.errors_of(around.step) == "collect" and around.block.name != ON_ERROR:
        _over(d, around.path, joins.ended(d, around, well=False))
        return
    d.cancel_inside(around.path, "Something beside it failed.")
    fail(d, around.path, error)


def compensate_and_stop(d: Deciding, path: str, error: Mapping[str, Any]) -> None:
    """A person ends the run at this step, whatever the text says about its error; what was done is undone."""
    error = failing.explained(d, path, error)
    d.record("step.failed", {"path": path}, {"error": error})
    if d.work.run.status == "ending" and not ending.is_handler(path):
        ending.go_on(d)
    else:
        ending.begin(d, "failed", "failed", "A person stopped the run.", error)


def _handle(d: Deciding, path: str, error: Mapping[str, Any]) -> None:
    step, scope = d.world.definition.at(path), d.work.steps[path].scope or {}
    data = {"path": path, "class": error["class"], "code": error["code"], "scope": {**scope, "handling": True}}
    d.record("step.caught", data, {"error": dict(error)})
    if step.handlers is not None:
        d.entering.append(step.handlers.first(f"{path}/{ON_ERROR}"))


def _handled(d: Deciding, last: str, around: Around) -> None:
    """The handlers are done. What a `set` at their end gives stands for the step's result."""
    run = d.work.steps[last]
    succeed(d, around.path, d.whole(run.result) if run.kind == "set" else None, handled=True)


def timed_out(d: Deciding, path: str) -> None:
    """The step took longer than its `timeout`: what is inside is cancelled, and it fails."""
    step = d.work.steps[path]
    if not step.is_open or (step.scope or {}).get("handling"):
        return
    reason = "Its time was over."
    d.cancel_inside(path, reason)
    d.withdraw(path, reason)
    d.stop(d.armed_of(path) + (d.armed_of(step.review["key"]) if step.review and step.review["key"] != path else []))
    fail(d, path, {"class": "permanent", "code": "timeout", "message": "It took longer than it may."})


# ---- one function a kind -----------------------------------------------------------------------


def _enter_call(d: Deciding, step: Step) -> None:
    given = d.evaluate(step.values["with"], step.path) if "with" in step.values else {}
    kept = caching.take(d, step, given)
    if kept is not None:
        succeed(d, step.path, kept.result)
        return
    _open(d, step, "ready", given=given)
    d.effects.append(CallStep(step.path))


def _enter_undo(d: Deciding, step: Step) -> None:
    if "workflow" in step.spec:
        ask_to_undo(d, step.path)
        return
    given = d.evaluate(step.values["with"], step.path)
    d.record("undo.started", {"path": step.path}, {"input": given})
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
    empty = len(step.blocks) - len(branches)
    scope = joins.opened(len(step.blocks), len(step.blocks))
    _open(d, step, "waiting", scope={**scope, "open": len(branches), "done": empty})
    d.entering.extend(block.first(f"{step.path}/{block.name}") for block in branches)
    _over(d, step.path, joins.verdict(d, step.path, step))


def _enter_each(d: Deciding, step: Step) -> None:
    items = loops.items_of(d, step)
    scope = joins.opened(len(items), step.spec.get("concurrency", loops.AT_ONCE))
    _open(d, step, "waiting", scope=scope, given={"items": items})
    for number in range(1, scope["next"]):
        d.work.begin(f"{step.path}#{number}")
        d.entering.append(step.blocks[0].first(f"{step.path}#{number}"))
    _over(d, step.path, joins.verdict(d, step.path, step))


def _enter_repeat(d: Deciding, step: Step) -> None:
    _open(d, step, "waiting", scope={"round": 0})
    d.entering.append(f"{step.path}#0")


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
    result = d.evaluate(step.values["with"], step.path) if "with" in step.values else None
    d.end_run("succeeded", str(outcome), "The run reached its end.", result=result)


def _enter_continue(d: Deciding, step: Step) -> None:
    given = continuing.checked_input(d, step)
    _open(d, step, "waiting", given=given)
    d.record("step.succeeded", {"path": step.path})
    _close_cases_around(d, step.path)
    continuing.go_on(d, given)


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


_ENTER = {
    "tool": _enter_call,
    "ai": _enter_call,
    "undo": _enter_undo,
    "review": _enter_review,
    "switch": _enter_switch,
    "parallel": _enter_parallel,
    "wait": _enter_wait,
    "workflow": open_child,
    "emit": _enter_emit,
    "each": _enter_each,
    "repeat": _enter_repeat,
    "set": _enter_set,
    "end": _enter_end,
    "continue": _enter_continue,
    "fail": _enter_fail,
}

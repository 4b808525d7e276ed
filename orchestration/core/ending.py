"""How a run that failed or was cancelled comes to its end: its `on_error`, then undoing what was done, then the end.

Each step with an `undo` registers it when it is done; the last registered is the first undone, whatever branch or
iteration it stands in. A step whose call may be taking effect just now is not cancelled but waited for: only then is it
known whether there is something to undo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core import paths
from orchestration.core.deciding import Deciding
from orchestration.core.effects import CallStep
from orchestration.core.events import ChildUndone, UndoRequested, UndosTaken
from orchestration.core.language.definition import ON_ERROR
from orchestration.core.state import OPEN_RUN, StepState
from orchestration.exceptions import InvalidTransition

UNDONE = "undone"  # the outcome of a run that ended well, and was undone by the run that had started it


def begin(d: Deciding, status: str, outcome: str, reason: str, error: Mapping[str, Any] | None = None) -> None:
    """Ends the run as failed or cancelled, at once or when everything that has to be done before is done."""
    if d.work.run.status == "ending":
        _stop_handling(d)
        return
    register_taken(d)
    unsettled = [step.path for step in d.all_steps() if d.is_unsettled(step)]
    if unsettled or _newest(d) is not None:
        unsettled += [step.path for step in d.all_steps() if _is_cancelled_first(d, step)]
    handlers = d.world.definition.handlers if status == "failed" else None
    if handlers is None and not unsettled and _newest(d) is None:
        d.end_run(status, outcome, reason, error)
        return
    data = {"status": status, "outcome": outcome, "reason": reason, "unsettled": unsettled}
    d.entering.clear()
    d.cancel_inside("", reason, but=frozenset(unsettled))
    for path in unsettled:
        if d.work.steps[path].kind == "workflow":
            d.withdraw(path, reason)
    values = {"error": dict(error)} if error is not None else None
    stood_still = d.work.run.paused_at is not None
    d.record("run.ending", {**data, "handling": handlers is not None}, values)
    if stood_still:
        _move_again(d, unsettled)
    if handlers is not None:
        d.entering.append(handlers.first(ON_ERROR))
    else:
        go_on(d)


def _is_cancelled_first(d: Deciding, step: StepState) -> bool:
    """Whether it waits for a run that is cancelled with this one: what that run did last is undone first."""
    return step.kind == "workflow" and step.status == "waiting" and d.world.definition.at(step.path).undo is not None


def undo_again(d: Deciding, event: UndoRequested) -> None:
    """The run ended well, and the run that started it has what was done undone."""
    if d.work.run.status != "succeeded" or _newest(d) is None:
        raise InvalidTransition(f"Nothing is to be undone: the run is {d.work.run.status}.")
    asker = {"asker": dict(event.asker)} if event.asker else {}
    d.record("run.undoing", {"status": "cancelled", "outcome": UNDONE, "reason": event.reason, **asker})
    go_on(d)


def child_undone(d: Deciding, event: ChildUndone) -> str:
    """The path of the undo that is done with it."""
    path = paths.undo_of(event.path)
    step, by = d.work.steps.get(path), d.work.steps.get(event.path)
    if step is None or step.status != "waiting" or by is None or (by.scope or {}).get("undoes") != event.run_id:
        raise InvalidTransition(f"{event.path} does not wait for this run to undo what it did.")
    return path


def go_on(d: Deciding) -> None:
    """The next thing before the end, or the end itself."""
    undo = d.work.run.undo or {}
    if undo.get("handling") or any(d.work.steps[path].is_open for path in undo["unsettled"]):
        return
    newest = _newest(d)
    if newest is not None:
        d.entering.append(newest)
        return
    d.end_run(undo["status"], undo["outcome"], undo["reason"], d.work.run.error)


def handled(d: Deciding) -> None:
    """The workflow's `on_error` is done."""
    d.record("run.handled", {})
    go_on(d)


def is_handler(path: str) -> bool:
    """Whether the step belongs to the workflow's own `on_error`."""
    return path.startswith(f"{ON_ERROR}/")  # no step is called like that


def register(d: Deciding, path: str) -> None:
    """A step is done that can be undone."""
    step = d.world.definition.at(path)
    if step.kind == "workflow" and "undoes" not in (d.work.steps[path].scope or {}):
        return  # the run that it started has nothing to undo
    if step.undo is not None and not is_handler(path):
        undo = paths.undo_of(path)
        d.record("undo.registered", {"path": undo, "id": step.id, "kind": "undo", "before": _newest(d)})


def take_over(d: Deciding, path: str, undo: int | None) -> None:
    """A step of the run that this one goes on from, with its undo's place there where that is taken over too."""
    if undo is not None:
        d.taken.append((undo, path))


def register_taken(d: Deciding) -> None:
    """Undos that are taken over from another run stand in the order that they had there."""
    steps = [path for _, path in sorted(d.taken)]
    d.taken.clear()
    for path in steps:
        register(d, path)


def undos_taken(d: Deciding, event: UndosTaken) -> None:
    if d.work.run.status in OPEN_RUN:
        raise InvalidTransition("The run is still open: what it did is its own.")
    d.record("undo.taken", {"paths": list(event.paths), "by": event.by})


def _newest(d: Deciding) -> str | None:
    return (d.work.run.undo or {}).get("newest")


def _stop_handling(d: Deciding) -> None:
    """Something failed in the workflow's own `on_error`: the rest of it is left out."""
    d.cancel_inside(ON_ERROR, "Handling the error failed.")
    if (d.work.run.undo or {}).get("handling"):
        handled(d)
    else:
        go_on(d)


def _move_again(d: Deciding, unsettled: list[str]) -> None:
    """The run was paused; what has to be settled before its end goes on now."""
    timers = (timer for timer in d.all_timers() if timer.status == "held")
    d.arm([(timer.name, timer.clock, timer.due_at) for timer in timers])
    d.effects += [CallStep(path) for path in unsettled if d.work.steps[path].status == "ready"]

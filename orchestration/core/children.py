"""Runs that a run starts: what is asked of a child, and what becomes of the step when the child has ended.

The parent and the child never hold each other's locks: the parent asks through a message, and the child's end comes
back as a message to the parent. Each ask has a number, the step's attempt, so that only the latest child is heard.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core import paths
from orchestration.core.deciding import Deciding
from orchestration.core.effects import StartChild, UndoChild
from orchestration.core.events import AttemptFailed, ChildEnded
from orchestration.core.language.definition import Step
from orchestration.core.retry import ErrorClass
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition

MAX_DEPTH = 10  # runs that stand in each other


def open_child(d: Deciding, step: Step) -> None:
    given = d.evaluate(step.values["with"], step.path)
    known = d.work.steps.get(step.path)
    # A person retries it: what was tried before is forgiven, its numbers stay used.
    scope = {"forgiven": known.attempts} if known is not None else None
    d.open_step(step, "waiting", scope=scope, given=given)
    ask(d, step.path)


def ask(d: Deciding, path: str) -> None:
    """Asks for a child; after a failure for a new one."""
    step, name = d.work.steps[path], d.world.definition.at(path).spec["workflow"]
    number = step.attempts + 1
    d.record("child.asked", {"path": path, "number": number, "workflow": name})
    d.effects.append(StartChild(path, number))


def ended(d: Deciding, event: ChildEnded) -> dict[str, Any] | AttemptFailed:
    """The step's result, or its error. Raises `InvalidTransition` where the step waits for this child no more."""
    step = _waiting(d, event)
    data = {"path": step.path, "number": event.number, "run": event.run_id}
    # Only what ended well is left to undo: a child that failed or was cancelled has done it itself.
    undoes = {"undoes": True} if event.undoes and event.status == "succeeded" else {}
    d.record("child.ended", {**data, "status": event.status, "outcome": event.outcome, **undoes})
    if event.status == "succeeded":
        return {"outcome": event.outcome, "result": event.result, "run": event.run_id}
    spec = d.world.definition.at(step.path)
    if isinstance(spec.spec.get("child_fails"), Mapping):
        given = d.evaluate(spec.values["child_fails.result"], step.path)
        return {"outcome": event.status, "result": given, "run": event.run_id}
    error = _error(event, retries="retry" in spec.spec)
    return AttemptFailed(step.path, event.number, error, "ask", event.draw)


def ask_to_undo(d: Deciding, path: str) -> None:
    """It is the turn of a step whose run has ended well: that run undoes what it did, and says when it has."""
    step = paths.undone_by(path)
    child = (d.work.steps[step].scope or {})["undoes"]
    d.record("undo.asked", {"path": path, "run": child})
    d.effects.append(UndoChild(step, child))


def _waiting(d: Deciding, event: ChildEnded) -> StepState:
    step = d.work.steps.get(event.path)
    waits = step is not None and step.kind == "workflow" and step.status == "waiting"
    if step is None or not waits or step.attempts != event.number or (step.scope or {}).get("handling"):
        raise InvalidTransition(f"{event.path} does not wait for this run any more.")
    return step


def _error(event: ChildEnded, *, retries: bool) -> dict[str, Any]:
    """Where the step says how to retry, a child that failed is tried again as a call would be."""
    said = event.error or {}
    message = said.get("message") or f"The run that this step started was {event.status}."
    may_retry = retries and event.status == "failed" and event.run_id is not None
    kind = ErrorClass.TRANSIENT if may_retry else ErrorClass.PERMANENT
    code = said.get("code") if event.run_id is None else f"child_{event.status}"
    return {"class": kind.value, "code": code or "child_failed", "message": message, "run": event.run_id}

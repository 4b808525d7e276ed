"""A new run that goes on where an old one stood.

The new run is decided from the beginning with the old one's input, on the old one's version. A step whose end is known
from the old run ends so at once, as a fact of the new run's own story: nothing is called, asked or awaited again. What
was open is entered anew, with new clocks and, since the run is another one, with new idempotency keys. So every kind
of block counts and joins by its own rules, and folding the new run's events gives its state like any other's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from orchestration.core import paths
from orchestration.core.changes import Change
from orchestration.core.events import Known, Origin
from orchestration.core.language.definition import Definition
from orchestration.core.state import OPEN_RUN, RunState, StepState
from orchestration.exceptions import InvalidTransition

DECIDED_ANEW = frozenset({"switch", "parallel", "each", "repeat", "end", "fail"})  # from what is known inside them


def known_at(state: RunState, present: RunState, gone: Collection[str] = ()) -> dict[str, Known]:
    """The ends of the steps at this state, but for what was undone since: that is done again. `gone` are undos that
    other runs had taken over and have done. Raises `InvalidTransition` where the run had ended by then."""
    if state.status != "running":
        raise InvalidTransition("The run had ended by this event; fork from an earlier one.")
    return {
        path: _known(step, present)
        for path, step in state.steps.items()
        if _is_known(step) and not _is_undone(present, path, gone)
    }


def known_before(state: RunState, definition: Definition, path: str, gone: Collection[str] = ()) -> dict[str, Known]:
    """The ends of the steps that do not come after the step at the path. Raises `InvalidTransition`."""
    if state.status in OPEN_RUN:
        raise InvalidTransition("The run is still open: fork it, or let a person mend the step.")
    if path not in state.steps:
        raise InvalidTransition(f"The run never came to a step {path}.")
    later = Later(definition, path)
    return {
        each: _known(step, state)
        for each, step in state.steps.items()
        if _is_known(step) and not later.includes(each) and not _is_undone(state, each, gone)
    }


def followed(by: str, origin: Origin, now: datetime) -> Change:
    """The fact in the old run's story that another one goes on from it."""
    return Change("run.followed", now, {"run": by, "how": origin.how, "at": origin.at, "step": origin.step})


def _is_known(step: StepState) -> bool:
    if step.kind == "undo" or "settling" in (step.scope or {}):
        return False  # what lost its join and was settled after it has no part in what came of it
    if step.kind in DECIDED_ANEW:
        return _was_ended(step) and (step.status == "failed" or _is_handled(step))
    return step.status in ("succeeded", "failed") or _is_handled(step)


def taken(state: RunState) -> dict[str, str]:
    """Undos of this run that other runs have taken over: the run, by the undo's path."""
    undos = (step for step in state.steps.values() if step.kind == "undo")
    return {step.path: step.scope["taken"] for step in undos if step.scope is not None and "taken" in step.scope}


def _is_undone(state: RunState, path: str, gone: Collection[str]) -> bool:
    """What was undone, here or by the run that took it over, has to be done again."""
    undo = state.steps.get(paths.undo_of(path))
    if undo is None or undo.path in gone:
        return undo is not None
    return undo.status != "registered" and "taken" not in (undo.scope or {})


def _was_ended(step: StepState) -> bool:
    """A block ends by what is inside it, unless its time was over or a person let it fail."""
    error = step.error or {}
    own_time = error.get("code") == "timeout" and error.get("step") == step.path
    return own_time or "incidents" in (step.scope or {})


def _is_handled(step: StepState) -> bool:
    """It has failed, and the handlers of its error have begun; they are known, or entered, by themselves."""
    return bool((step.scope or {}).get("handling"))


def _known(step: StepState, present: RunState) -> Known:
    failed = step.status == "failed" or _is_handled(step)
    undo = _undo_to_take(present, step)
    undoes = (step.scope or {}).get("undoes") if undo is not None else None
    return Known(step.input, step.result, dict(step.error or {}) if failed else None, undo, undoes)


def _undo_to_take(present: RunState, step: StepState) -> int | None:
    """A run that has ended undoes nothing more, so the new one may: also what runs did that it had started."""
    undo = present.steps.get(paths.undo_of(step.path))
    if present.status in OPEN_RUN or undo is None or undo.status != "registered":
        return None
    return undo.position


class Later:
    """What comes after a step: the step itself, those after it in its block, and those after the blocks around it.
    Other branches of a fork, and other iterations that run beside it, do not."""

    def __init__(self, definition: Definition, path: str) -> None:
        self._at = [path]
        self._loops: list[tuple[str, int]] = []
        here: str | None = path
        while here is not None:
            following = definition.following(here)
            while following is not None:
                self._at.append(following)
                following = definition.following(following)
            around = definition.parent(here)
            if around is not None and around.step.kind == "repeat" and around.number is not None:
                self._loops.append((around.path, around.number))
            here = around.path if around is not None else None

    def includes(self, path: str) -> bool:
        if any(path == at or paths.stands_in(path, at) for at in self._at):
            return True
        return any(self._in_later_iteration(path, loop, number) for loop, number in self._loops)

    def _in_later_iteration(self, path: str, loop: str, number: int) -> bool:
        if not path.startswith(f"{loop}#"):
            return False
        digits = path[len(loop) + 1 :].partition("/")[0]
        return digits.isdigit() and int(digits) > number

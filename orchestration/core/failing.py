"""What becomes of a step that cannot go on: who is asked, and how far up its error goes.

The text says it, from the inside out: `on_error` of a step handles what fails in it, `errors` of a block collects or
stops. Where nothing is said, a person is asked first, and what fails for good fails the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.core.deciding import Deciding
from orchestration.core.joins import errors_of
from orchestration.core.language.definition import ON_ERROR, Around
from orchestration.core.retry import ErrorClass
from orchestration.core.state import StepState


def asks_a_person(d: Deciding, path: str, error: Mapping[str, Any]) -> bool:
    """Whether an error becomes an incident first. A call that may have taken effect always does."""
    if may_have_taken_effect(d.work.steps[path], error):
        return True
    if handles(d, path):
        return False
    for around in _around(d, path):
        if around.block.name == ON_ERROR:
            continue
        said = errors_of(around.step)
        if said is not None:
            return said == "ask"
        if around.step.handlers is not None:
            return False
    return True


def may_have_taken_effect(step: StepState, error: Mapping[str, Any]) -> bool:
    """Whether it is unknown after this error what the step's calls did. A tool that may be called again for certain
    has answered that with a permanent error; one that could not be reached has not."""
    unsure = bool((step.scope or {}).get("unsure"))
    return error["class"] == ErrorClass.AMBIGUOUS or (unsure and error["class"] == ErrorClass.TRANSIENT)


def handles(d: Deciding, path: str) -> bool:
    """Whether the step has handlers that have not begun yet."""
    handling = (d.work.steps[path].scope or {}).get("handling")
    return d.world.definition.at(path).handlers is not None and not handling


def is_caught(d: Deciding, path: str) -> bool:
    """Whether something around the failed step keeps its error from failing the run."""
    beside = (around for around in _around(d, path) if around.block.name != ON_ERROR)
    return any(around.step.handlers is not None or errors_of(around.step) == "collect" for around in beside)


def explained(d: Deciding, path: str, error: Mapping[str, Any]) -> dict[str, Any]:
    """The error as handlers read it."""
    step = d.world.definition.at(path)
    message = str(error.get("message", "")).rstrip(".")
    told = {"step": path, "explanation": f"{step.id} of {d.world.definition.title} could not be done: {message}."}
    return {"class": ErrorClass.PERMANENT.value, "code": "", "message": "", **told, **error}


def _around(d: Deciding, path: str) -> Iterator[Around]:
    """What the step stands in, from the inside out."""
    around = d.world.definition.parent(path)
    while around is not None:
        yield around
        around = d.world.definition.parent(around.path)

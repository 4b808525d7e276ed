"""Endless loops without an endless run: a run ends and goes on as a new one. And the limit of steps of one run."""

from __future__ import annotations

from typing import Any

from orchestration.core import ending
from orchestration.core.deciding import Deciding
from orchestration.core.effects import ContinueRun, RunEnded
from orchestration.core.language.coercion import coerce
from orchestration.core.language.definition import Step
from orchestration.core.language.expressions import ExpressionError
from orchestration.core.language.validation import input_faults

CONTINUED = "continued"  # the outcome of a run that another one follows


def checked_input(d: Deciding, step: Step) -> dict[str, Any]:
    """The next run's input, as the workflow's schema means it; one that does not fit is an error for a person."""
    value = step.values["continue"]
    schema = d.world.definition.input_schema
    given = coerce(d.evaluate(value, step.path), schema)
    faults = input_faults(given, schema)
    if faults:
        said = "; ".join(f"{fault['path']}: {fault['message']}" for fault in faults[:5])
        raise ExpressionError(value.text, {"input": given}, f"The next run's input does not fit: {said}")
    return dict(given)


def go_on(d: Deciding, given: dict[str, Any]) -> None:
    d.end_run("succeeded", CONTINUED, "The run goes on as a new one.")
    d.effects = [effect for effect in d.effects if not isinstance(effect, RunEnded)]
    d.effects.append(ContinueRun(given))


def over_step_limit(d: Deciding) -> bool:
    """Whether the run has entered as many steps as it may; then it ends here."""
    limit = d.world.definition.limits.get("steps")
    if limit is None or d.work.run.opened < limit or d.work.run.status != "running":
        return False
    message = f"The run has entered {limit} steps, which is its limit."
    ending.begin(d, "failed", "failed", message, {"class": "permanent", "code": "step_limit", "message": message})
    return True

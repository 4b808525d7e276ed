"""`each` and `repeat`: the same steps for every item of a list, or over and over until a condition holds."""

from __future__ import annotations

from typing import Any

from orchestration.core import paths
from orchestration.core.deciding import Deciding
from orchestration.core.joins import Over, results_of
from orchestration.core.language.bounds import MAX_ITEMS
from orchestration.core.language.definition import Step
from orchestration.core.language.expressions import ExpressionError

AT_ONCE = 10  # items of an `each` that does not say its concurrency


def items_of(d: Deciding, step: Step) -> list[Any]:
    """What an `each` goes through. Raises `ExpressionError` where it is no list, or too long a one."""
    value = step.values["in"]
    items = d.evaluate(value, step.path)
    if not isinstance(items, list):
        raise ExpressionError(value.text, {"result": items}, "An each goes through a list, and this is none.")
    if len(items) > MAX_ITEMS:
        raise ExpressionError(value.text, {"items": len(items)}, f"An each goes through at most {MAX_ITEMS} items.")
    return items


def turn(d: Deciding, iteration: str) -> Over | None:
    """After a round of a `repeat` (number 0: before the first): begins the next one, or says how it is over.

    Raises `ExpressionError`.
    """
    path, number = paths.block_of(iteration)
    step = d.world.definition.at(path)
    if number and "until" in step.values and d.holds(step.values["until"], f"{iteration}/"):
        return Over(results_of(d, path, step, number))
    if "while" in step.values and not d.holds(step.values["while"], f"{iteration}/"):
        return Over(results_of(d, path, step, number))
    if number == step.spec["max"]:
        message = f"After {number} rounds, the most there may be, it was not done."
        return Over(error={"class": "permanent", "code": "max_rounds", "message": message})
    d.record("step.joined", {"path": path, "scope": {**(d.work.steps[path].scope or {}), "round": number + 1}})
    d.work.begin(f"{path}#{number + 1}")
    d.entering.append(step.blocks[0].first(f"{path}#{number + 1}"))
    return None

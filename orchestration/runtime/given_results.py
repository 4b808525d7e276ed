"""A result that a person gives in place of a step's own has to be what the steps behind it count on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core import paths
from orchestration.core.incidents import RESULT, SKIP
from orchestration.core.language.coercion import coerce
from orchestration.core.language.definition import Step
from orchestration.exceptions import InvalidResult, PermanentError
from orchestration.models import DecisionPoint
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.store import Held
from orchestration.runtime.tools import tools


def checked_fields(held: Held, key: str, outcome: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The fields of a decision, a given result among them coerced to its schema. Raises `InvalidResult`."""
    path = paths.path_of(key)
    state = held.state.steps.get(path)
    if outcome != SKIP or state is None or state.status != "incident":
        return fields
    step = definition_of(held.row.version).at(path)
    check = {"tool": _of_tool, "ai": _of_question}.get(step.kind, _anything)
    return {**fields, RESULT: check(step, fields.get(RESULT))}


def _anything(_: Step, given: Any) -> Any:
    return given


def _of_tool(step: Step, given: Any) -> Any:
    tool = tools().get(f"{step.spec['tool']}@{step.spec['version']}")
    if tool is None:
        return given  # nothing here knows what it would have answered
    result = coerce(given, tool.output)
    try:
        tool.check_output(result if result is not None else {})
    except PermanentError as error:
        raise InvalidResult(error.details["faults"], f"{tool.reference} promises another result.") from error
    return result


def _of_question(step: Step, given: Any) -> Any:
    """As the chain answers: an outcome of the question, or a text."""
    if not isinstance(given, Mapping):
        raise InvalidResult(['$: write an object, like {"outcome": "approve"}.'])
    point = DecisionPoint.objects.select_related("current").filter(name=step.spec["ai"]).first()
    known = [outcome["id"] for outcome in point.current.outcomes] if point and point.current else []
    outcome = given.get("outcome")
    if known and outcome not in (*known, None):
        raise InvalidResult([f"$.outcome: {outcome!r} is none of {', '.join(known)}."])
    blank: dict[str, Any] = {
        "id": None,
        "outcome": None,
        "confidence": None,
        "agreed": None,
        "sample": None,
        "reasons": [],
        "fields": {},
        "text": None,
    }
    return {**blank, **given}

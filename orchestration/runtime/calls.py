"""Calling out, with no transaction open: a tool, or the AI. Whatever happens comes back as a value, classed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.language.coercion import coerce
from orchestration.core.language.definition import Step
from orchestration.core.retry import ErrorClass
from orchestration.exceptions import PermanentError, ToolError
from orchestration.models import DecisionPoint, Recommendation
from orchestration.models.identity import time_ordered_id
from orchestration.ports import Question, clock, recommender
from orchestration.runtime.classing import explained
from orchestration.runtime.plain import plain
from orchestration.runtime.tools import Tool, ToolCall, find_tool

logger = logging.getLogger(__name__)

AI_TIMEOUT = 60.0  # seconds for the whole chain where the step does not say


@dataclass(frozen=True, slots=True)
class Succeeded:
    result: Any
    recommendation: Recommendation | None = None  # saved with the completion


@dataclass(frozen=True, slots=True)
class Failed:
    error: Mapping[str, Any]  # {"class", "code", "message", "retry_after"?, "faults"?}


Outcome = Succeeded | Failed


def call(step: Step, given: Mapping[str, Any], about: ToolCall, *, reconcile: bool, settle: bool = False) -> Outcome:
    """Does the step's work. `reconcile`: first looks whether an earlier attempt took effect; `settle`: only looks,
    where the tool can, because what took effect is to be undone."""
    try:
        if step.kind == "ai":
            return _ask(step, given, about)
        return Succeeded(_call_tool(step, given, about, reconcile=reconcile or settle, settle=settle))
    except ToolError as error:
        return Failed(explained(error, _own_classes(step)))
    except Exception as error:
        logger.exception("%s of run %s raised what it does not declare", step.path, about.run_id)
        return Failed(explained(error, _own_classes(step)))


def ambiguity(step: Step) -> str:
    """What an ambiguous outcome of this step leads to: retry, reconcile or ask."""
    if step.kind == "ai":
        return "retry"
    known = _tool_or_none(step)
    return step.spec.get("ambiguous") or (known.ambiguous if known else "ask")


def timeout_of(step: Step) -> float:
    """Seconds."""
    if step.spec.get("timeout") is not None:
        return float(step.spec["timeout"])
    if step.kind == "ai":
        return AI_TIMEOUT
    known = _tool_or_none(step)
    return known.timeout if known else 30.0


def retry_of(step: Step) -> Mapping[str, Any] | None:
    """How the tool wants to be tried again where the step does not say."""
    known = _tool_or_none(step) if step.kind == "tool" else None
    return known.retry if known else None


def _own_classes(step: Step) -> Mapping[str, ErrorClass]:
    known = _tool_or_none(step) if step.kind == "tool" else None
    return known.errors if known else {}


def _tool_or_none(step: Step) -> Tool | None:
    try:
        return find_tool(step.spec["tool"], step.spec["version"])
    except ToolError:
        return None


def _call_tool(step: Step, given: Mapping[str, Any], about: ToolCall, *, reconcile: bool, settle: bool) -> Any:
    tool = find_tool(step.spec["tool"], step.spec["version"])
    tool.check_input(given)
    if reconcile and tool.reconcile is not None:
        found = tool.reconcile(given, about)
        if found is not None:
            return coerce(plain(found), tool.output)
        if settle:
            raise PermanentError("It had not taken effect, so there is nothing to undo.", code="nothing_done")
    result = coerce(plain(tool.function(given, about)), tool.output)
    tool.check_output(result if result is not None else {})
    return result


def _ask(step: Step, facts: Mapping[str, Any], about: ToolCall) -> Succeeded:
    made = recommendation_for(
        run_id=about.run_id,
        path=step.path,
        decision_point=step.spec["ai"],
        facts=facts,
        seconds=about.timeout,
    )
    result = {
        "id": str(made.id),
        "outcome": made.outcome or None,
        "confidence": made.confidence,
        "agreed": made.agreed,
        "sample": made.sample,
        "reasons": made.reasons,
        "text": made.text or None,
        "fields": made.fields,
    }
    return Succeeded(plain(result), made)


def recommendation_for(
    *,
    run_id: Any,
    path: str,
    decision_point: str,
    facts: Mapping[str, Any],
    seconds: float,
    outcomes: tuple[str, ...] | None = None,
) -> Recommendation:
    """What the chain of a decision point says, not saved yet. `outcomes` narrows the question's own."""
    point = DecisionPoint.objects.select_related("current").filter(name=decision_point).first()
    if point is None or point.current is None:
        raise PermanentError(f"The decision point {decision_point} has no published version.", code="no_decision_point")
    own = tuple(outcome["id"] for outcome in point.current.outcomes)
    asked = own if outcomes is None else tuple(each for each in own if each in outcomes)
    version = point.current
    question = Question(point.name, version.number, point.kind, facts, str(run_id), asked, seconds, version.fields)
    answer = recommender().recommend(question)
    return Recommendation(
        id=time_ordered_id(),
        run_id=run_id,
        path=path,
        decision_point=point.current,
        facts=plain(facts),
        outcome=answer.outcome or "",
        confidence=answer.confidence,
        agreed=answer.agreed,
        sample=answer.sample,
        reasons=list(answer.reasons),
        evidence=[item.to_json() for item in answer.evidence],
        would_change=answer.would_change,
        text=answer.text or "",
        fields=plain({name: reading.to_json() for name, reading in answer.fields.items()}),
        provenance=plain(answer.provenance),
        created_at=clock().process_now(),
    )

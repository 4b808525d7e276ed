"""Calling out, with no transaction open: a tool, or the AI. Whatever happens comes back as a value, classed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.core.language.coercion import coerce
from orchestration.core.language.definition import Step
from orchestration.core.retry import ErrorClass
from orchestration.exceptions import AmbiguousError, PermanentError, ToolError, TransientError
from orchestration.models import DecisionPoint, Recommendation
from orchestration.models.identity import time_ordered_id
from orchestration.ports import Question, clock, recommender
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


def call(step: Step, given: Mapping[str, Any], about: ToolCall, *, reconcile: bool) -> Outcome:
    """Does the step's work. `reconcile`: first looks whether an earlier attempt took effect."""
    try:
        if step.kind == "ai":
            return _ask(step, given, about)
        return Succeeded(_call_tool(step, given, about, reconcile=reconcile))
    except ToolError as error:
        return Failed(_explained(error))
    except Exception as error:
        logger.exception("%s of run %s raised what it does not declare", step.path, about.run_id)
        code = type(error).__name__
        return Failed({"class": ErrorClass.PERMANENT.value, "code": code, "message": f"{code}: {error}"[:1000]})


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


def _tool_or_none(step: Step) -> Tool | None:
    try:
        return find_tool(step.spec["tool"], step.spec["version"])
    except ToolError:
        return None


def _call_tool(step: Step, given: Mapping[str, Any], about: ToolCall, *, reconcile: bool) -> Any:
    tool = find_tool(step.spec["tool"], step.spec["version"])
    tool.check_input(given)
    if reconcile and tool.reconcile is not None:
        found = tool.reconcile(given, about)
        if found is not None:
            return coerce(plain(found), tool.output)
    result = coerce(plain(tool.function(given, about)), tool.output)
    tool.check_output(result if result is not None else {})
    return result


def _ask(step: Step, facts: Mapping[str, Any], about: ToolCall) -> Succeeded:
    point = DecisionPoint.objects.select_related("current").filter(name=step.spec["ai"]).first()
    if point is None or point.current is None:
        raise PermanentError(
            f"The decision point {step.spec['ai']} has no published version.", code="no_decision_point"
        )
    outcomes = tuple(outcome["id"] for outcome in point.current.outcomes)
    question = Question(point.name, point.current.number, point.kind, facts, about.run_id, outcomes, about.timeout)
    answer = recommender().recommend(question)
    made = Recommendation(
        id=time_ordered_id(),
        run_id=about.run_id,
        path=step.path,
        decision_point=point.current,
        facts=plain(facts),
        outcome=answer.outcome or "",
        confidence=answer.confidence,
        agreed=answer.agreed,
        sample=answer.sample,
        reasons=list(answer.reasons),
        evidence=[{"source": item.source, "quote": item.quote} for item in answer.evidence],
        would_change=answer.would_change,
        text=answer.text or "",
        provenance=plain(answer.provenance),
        created_at=clock().process_now(),
    )
    result = {
        "id": str(made.id),
        "outcome": answer.outcome,
        "confidence": answer.confidence,
        "agreed": answer.agreed,
        "sample": answer.sample,
        "reasons": made.reasons,
        "text": answer.text,
    }
    return Succeeded(plain(result), made)


def _explained(error: ToolError) -> dict[str, Any]:
    classes = ((TransientError, ErrorClass.TRANSIENT), (AmbiguousError, ErrorClass.AMBIGUOUS))
    found = next((value for kind, value in classes if isinstance(error, kind)), ErrorClass.PERMANENT)
    explained: dict[str, Any] = {"class": found.value, "code": error.code, "message": plain(str(error))[:2000]}
    if error.retry_after is not None:
        explained["retry_after"] = error.retry_after
    if "faults" in error.details:
        explained["faults"] = plain(error.details["faults"])
    return explained

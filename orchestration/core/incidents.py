"""Incidents: a step that cannot go on by itself, in front of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.deciding import Deciding
from orchestration.core.effects import OpenReview, ReviewRequest
from orchestration.core.explaining import explained
from orchestration.core.large import LARGE, text_if_large

RETRY, RETRY_CORRECTED, SKIP, FAIL = "retry", "retry_corrected", "skip", "fail"
COMPENSATE = "compensate"
RESULT = "skip.result"  # the field that holds the result to go on with; no input has such a name
_SKIPPED = frozenset({"tool", "ai", "set"})
_CALLS = frozenset({"tool", "ai", "undo"})


def open_incident(d: Deciding, path: str, error: Mapping[str, Any]) -> None:
    """Puts the step before a person, with the error, the input and the ways on."""
    state = d.work.steps[path]
    step = d.world.definition.at(path)
    number = (state.scope or {}).get("incidents", 0) + 1
    key = f"{path}!{number}"
    corrects = state.kind in _CALLS and state.input is not None
    skips = state.kind in _SKIPPED
    outcomes = _outcomes(corrects=corrects, skips=skips, undoes=_undoes(d, state.kind))
    review = {
        "key": key,
        "kind": "incident",
        "status": "open",
        "created_at": d.now.process.isoformat(),
        "outcomes": [outcome["id"] for outcome in outcomes],
        "decision": None,
    }
    d.record("incident.opened", {"path": path, "key": key, "number": number, "review": review}, {"error": dict(error)})
    definition = d.world.definition
    named = (definition.title, d.work.run.business_key)
    tool = f"{step.spec['tool']}@{step.spec['version']}" if "tool" in step.spec else state.kind
    d.effects.append(
        OpenReview(
            ReviewRequest(
                run_id=d.work.run.id,
                key=key,
                kind="incident",
                workflow=definition.name,
                workflow_title=definition.title,
                workflow_version=d.world.version,
                workflow_owner=definition.owner,
                step_id=state.id,
                title=f"{' '.join(filter(None, named))}: {state.id} could not be done",
                queue="",
                outcomes=outcomes,
                created_at=d.now.process,
                fields=(
                    *(_correctable(d.whole(state.input)) if corrects else ()),
                    *((_RESULT_FIELD,) if skips else ()),
                ),
                context={"input": d.work.run.input},
                incident={
                    "error": dict(error),
                    "attempts": state.attempts,
                    "input": state.input,
                    "tool": tool,
                    "step": state.id,
                    "kind": state.kind,
                    "explained": explained(error, step=state.id, tool=tool, attempts=state.attempts),
                },
            )
        )
    )


_RESULT_FIELD = {"name": RESULT, "label": "Result to go on with", "value": None, "edit": True, "type": "json"}
_LABELS = {
    RETRY: "Retry",
    RETRY_CORRECTED: "Retry with corrected input",
    SKIP: "Skip with this result",
    COMPENSATE: "Undo what was done and stop",
    FAIL: "Let the run fail",
}


def _undoes(d: Deciding, kind: str) -> bool:
    """Whether anything was done that can be undone, and it is not the undoing itself that failed."""
    undo = d.work.run.undo or {}
    return kind != "undo" and d.work.run.status == "running" and undo.get("newest") is not None


def _outcomes(*, corrects: bool, skips: bool, undoes: bool) -> tuple[Mapping[str, Any], ...]:
    left_out = {RETRY_CORRECTED: not corrects, SKIP: not skips, COMPENSATE: not undoes}
    ways = [way for way in _LABELS if not left_out.get(way)]
    return tuple(
        {"id": way, "label": _LABELS[way], "risk": "high" if way in (FAIL, COMPENSATE) else "low", "reason": "never"}
        for way in ways
    )


def _correctable(given: Any) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(given, Mapping):
        return ()
    return tuple(
        {
            "name": name,
            "label": name.replace("_", " ").capitalize(),
            "value": value,
            "edit": True,
            "type": _type_of(value),
        }
        for name, value in given.items()
        if text_if_large(value, LARGE) is None
    )


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case _:
            return "json"

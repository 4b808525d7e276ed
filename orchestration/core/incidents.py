"""Incidents: a step that cannot go on by itself, in front of a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.deciding import Deciding
from orchestration.core.effects import OpenReview, ReviewRequest

RETRY, RETRY_CORRECTED, FAIL = "retry", "retry_corrected", "fail"
_CALLS = frozenset({"tool", "ai"})


def open_incident(d: Deciding, path: str, error: Mapping[str, Any]) -> None:
    """Puts the step before a person, with the error, the input and the ways on."""
    state = d.work.steps[path]
    step = d.world.definition.at(path)
    number = (state.scope or {}).get("incidents", 0) + 1
    key = f"{path}!{number}"
    corrects = state.kind in _CALLS and state.input is not None
    outcomes = _outcomes(corrects=corrects)
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
    tool = f"{step.spec['tool']}@{step.spec['version']}" if state.kind == "tool" else state.kind
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
                title=f"{definition.title}: {state.id} could not be done",
                queue="",
                outcomes=outcomes,
                created_at=d.now.process,
                fields=_correctable(state.input) if corrects else (),
                context={"input": d.work.run.input},
                incident={
                    "error": dict(error),
                    "attempts": state.attempts,
                    "input": state.input,
                    "tool": tool,
                    "step": state.id,
                },
            )
        )
    )


def _outcomes(*, corrects: bool) -> tuple[Mapping[str, Any], ...]:
    labels = {RETRY: "Retry", RETRY_CORRECTED: "Retry with corrected input", FAIL: "Let the run fail"}
    ways = (RETRY, RETRY_CORRECTED, FAIL) if corrects else (RETRY, FAIL)
    return tuple(
        {"id": way, "label": labels[way], "risk": "high" if way == FAIL else "low", "reason": "never"} for way in ways
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

"""A request as a workflow's text: what kind of answer is wanted, from whom and by when.

Requests of one shape share a version. What differs from case to case (the title, the facts, the values of fields) is
the run's input, and stays out of the text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestration import api
from reviewhub.reviews.requested import STEP, WORKFLOW

Faults = list[dict[str, str]]

AS_WRITTEN = ("outcomes", "sla", "escalate", "unanswered", "undo")  # as the workflow language has them in a review
DEFAULT_OUTCOMES = ["approve", "reject"]
CALLBACK_RETRY = {"attempts": 12, "first": "2s", "factor": 2, "cap": "2m", "jitter": 0.2}  # about a quarter of an hour
_INPUT = {
    "type": "object",
    "required": ["title", "case"],
    "properties": {
        "title": {"type": "string"},
        "case": {"type": "object"},
        "recommendation": {"type": "object"},
        "fields": {"type": "object"},
        "highlights": {"type": "array"},
        "concerns": {"type": "array"},
        "exclude": {"type": "array"},
        "callback_url": {"type": "string"},
        "metadata": {"type": "object"},
    },
}
_PLACES = {
    f"steps.{STEP}.review.assign.queue": "/queue",
    f"steps.{STEP}.review.assign.approvals": "/approvals",
    f"steps.{STEP}.review.": "/",
    "owner": "/owner",
}


def text_of(wanted: Mapping[str, Any], asker: str) -> str:
    """JSON, which is YAML too. What is not well-formed in `wanted` stays as it is, for the check to name."""
    outcomes = wanted.get("outcomes", DEFAULT_OUTCOMES)
    steps: list[dict[str, Any]] = [{"id": STEP, "review": _review(wanted, outcomes)}]
    if wanted.get("callback_url"):
        steps.append(_callback())
    if isinstance(outcomes, Mapping | list) and outcomes:
        steps.append({"id": "way", "switch": [_end(name) for name in _names(outcomes)]})
    workflow = {"workflow": WORKFLOW, "title": f"Asked by {asker}"[:120], "input": _INPUT, "steps": steps}
    owner = {"owner": wanted["owner"]} if wanted.get("owner") else {}
    return json.dumps(workflow | owner, ensure_ascii=False)


def faults_of(wanted: Mapping[str, Any], asker: str) -> Faults:
    """What the language says against the shape, each fault with the place in the request that it is about."""
    checked = api.check_own(text_of(wanted, asker))
    errors = [fault for fault in checked.faults if fault.level == "error"]
    found = {place: fault.message for fault in errors if (place := _place(fault.path)) is not None}
    if errors and not found:
        found = {"": errors[0].message}
    return [{"path": path, "code": "shape", "message": message} for path, message in found.items()]


def _review(wanted: Mapping[str, Any], outcomes: Any) -> dict[str, Any]:
    made = {name: wanted[name] for name in AS_WRITTEN if wanted.get(name) is not None}
    made |= {"title": "${ input.title }", "context": "${ input.case }", "outcomes": outcomes}
    if wanted.get("recommendation"):
        made["recommendation"] = "${ input.recommendation }"
    if isinstance(highlights := wanted.get("highlights"), Mapping) and highlights:
        made["highlights"] = {label: f"${{ input.highlights[{at}] }}" for at, label in enumerate(highlights)}
    if isinstance(fields := wanted.get("fields"), Mapping) and fields:
        made["fields"] = {name: _field(name, field) for name, field in fields.items()}
    if isinstance(concerns := wanted.get("concerns"), list) and concerns:
        made["concerns"] = [{"say": f"${{ input.concerns[{at}] }}"} for at in range(len(concerns))]
    made["assign"] = {"queue": wanted.get("queue"), "exclude": ["${ input.exclude }"]}
    if wanted.get("approvals") is not None:
        made["assign"]["approvals"] = wanted["approvals"]
    return made


def _field(name: str, field: Any) -> Any:
    """The value goes the way of all values; what the field is called and whether it may be corrected is its shape."""
    if not isinstance(field, Mapping):
        return field
    return {**{key: said for key, said in field.items() if key != "value"}, "value": f"${{ input.fields[{name!r}] }}"}


def _callback() -> dict[str, Any]:
    return {
        "id": "callback",
        "tool": "reviews.callback@1",
        "with": {"url": "${ input.callback_url }"},
        "retry": CALLBACK_RETRY,
        "timeout": "20s",
    }


def _names(outcomes: Mapping[str, Any] | Sequence[Any]) -> Iterator[str]:
    return (str(name) for name in outcomes)


def _end(outcome: str) -> dict[str, Any]:
    return {"when": f"${{ steps.{STEP}.outcome == {outcome!r} }}", "steps": [{"end": outcome}]}


def _place(path: str) -> str | None:
    """None for what follows from a fault that is named already: an outcome is no end of the run either."""
    known = next((start for start in _PLACES if path.startswith(start)), None)
    if known is None:
        return None
    return _PLACES[known] + path[len(known) :].replace(".", "/")

"""Review steps: what is shown, who decides, by when, and what happens when nobody does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_approvals import check_approvals
from orchestration.core.language.check_clocks import check_escalation, check_sla, check_unanswered
from orchestration.core.language.check_values import Scope, check_condition, check_said, check_value, closed
from orchestration.core.language.cursor import NAME, NAME_IS, Cursor
from orchestration.core.language.faults import nearest

KEYS = (
    *("title", "recommendation", "context", "outcomes", "highlights", "fields", "concerns"),
    *("assign", "sla", "escalate", "unanswered", "undo"),
)
LATER = {"autonomy": "Autonomy"}
FIELD_TYPES = ("string", "text", "number", "integer", "boolean", "json")
CONCERNS = ("exception", "value", "anomaly")
MAX_OUTCOMES = 9
MAX_UNDO = 3_600


def check_review(
    cursor: Cursor, scope: Scope, catalogue: Catalogue, step_id: str, *, has_owner: bool
) -> dict[str, Any]:
    """The canonical review, without its id and kind."""
    if not cursor.mapping(KEYS, LATER):
        return {}
    made: dict[str, Any] = {"title": _words(step_id)}
    title, recommendation, context = (cursor.get(name) for name in ("title", "recommendation", "context"))
    if title is not None:
        made["title"] = check_said(title, scope, "the task's title")
    if recommendation is not None:
        made["recommendation"] = check_condition(recommendation, scope, "the result of an ai step: ${ steps.… }")
    if context is not None:
        made["context"] = check_condition(context, scope, "what the reviewer is shown of the case: ${ … }")
    outcomes = cursor.required("outcomes", "what a reviewer may decide, such as [approve, reject]")
    made["outcomes"] = list(_outcomes(outcomes, scope)) if outcomes else []
    made |= _shown(cursor, scope)
    assign = cursor.required("assign", "the queue whose people decide, such as {queue: finance}")
    names = [outcome["id"] for outcome in made["outcomes"]]
    made["assign"] = _assign(assign, scope, catalogue, names, has_owner=has_owner) if assign else {}
    sla, escalate, unanswered = (cursor.get(name) for name in ("sla", "escalate", "unanswered"))
    if sla is not None:
        made["sla"] = check_sla(sla, scope, catalogue)
    if escalate is not None:
        made["escalate"] = check_escalation(escalate, scope, catalogue, has_owner=has_owner)
    if unanswered is not None:
        made["unanswered"] = check_unanswered(unanswered, made["outcomes"], made.get("escalate"))
    undo = cursor.get("undo")
    if undo is not None and (seconds := undo.duration()) is not None:
        made["undo"] = seconds
        if seconds > MAX_UNDO:
            undo.fault("A decision can be taken back for at most 1h.")
    return made


def result_schema(review: Mapping[str, Any]) -> Mapping[str, Any]:
    """What `steps.<id>` of a review gives."""
    fields = closed(*(item["name"] for item in review.get("fields", ())))
    properties: dict[str, Any] = {"outcome": {}, "by": {}, "at": {}, "fields": fields}
    if review.get("assign", {}).get("approvals", 1) != 1:
        properties["decisions"] = {}
    return {"properties": properties, "additionalProperties": False}


def _words(name: str) -> str:
    return (name[:1].upper() + name[1:]).replace("_", " ").replace("-", " ")


def _outcomes(cursor: Cursor, scope: Scope) -> Iterator[dict[str, Any]]:
    plain = {"risk": "low", "reason": "against_ai"}
    if isinstance(cursor.value, list):
        found = [(child.name("an outcome's name"), child) for child in cursor.items("a list")]
    else:
        found = list(cursor.children()) if cursor.mapping() else []
    if isinstance(cursor.value, (list, dict)) and not 1 <= len(cursor.value) <= MAX_OUTCOMES:
        cursor.fault(f"A review has 1 to {MAX_OUTCOMES} outcomes.")
    seen: set[str] = set()
    for name, child in found:
        if name is None or not _is_name(name, child):
            continue
        if name in seen:
            child.fault(f"The outcome {name!r} is there already.")
            continue
        seen.add(name)
        made = {"id": name, "label": _words(name), **plain}
        if isinstance(child.value, dict) and child.mapping(("label", "risk", "reason")):
            made |= _outcome(child, scope)
        elif not isinstance(cursor.value, list) and child.value is not None:
            child.expected("a mapping with label, risk, reason")
        yield made


def _is_name(name: str, child: Cursor) -> bool:
    if NAME.fullmatch(name):
        return True
    child.fault(f"{name!r} is no name for this; expected {NAME_IS}.", at_key=True)
    return False


def _outcome(cursor: Cursor, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {}
    label, risk, reason = (cursor.get(name) for name in ("label", "risk", "reason"))
    if label is not None and (said := label.text("the outcome's label", 80)):
        made["label"] = said
    if risk is not None:
        expression = isinstance(risk.value, str) and "${" in risk.value
        made["risk"] = check_condition(risk, scope) if expression else risk.one_of("low", "high")
    if reason is not None:
        made["reason"] = reason.one_of("against_ai", "always", "never")
    return made


def _shown(cursor: Cursor, scope: Scope) -> dict[str, Any]:
    made: dict[str, Any] = {}
    highlights, fields, concerns = (cursor.get(name) for name in ("highlights", "fields", "concerns"))
    if highlights is not None and highlights.mapping():
        made["highlights"] = [
            {"label": label, "value": check_said(child, scope, "a text or a number")}
            for label, child in highlights.children()
        ]
    if fields is not None and fields.mapping():
        made["fields"] = [_field(name, child, scope) for name, child in fields.children() if _is_name(name, child)]
    if concerns is not None:
        made["concerns"] = list(_concerns(concerns, scope))
    return made


def _field(name: str, cursor: Cursor, scope: Scope) -> dict[str, Any]:
    schema = (scope.names.get("input") or {}).get("properties", {}).get(name)
    made = {"name": name, "label": _words(name), "value": f"${{ input.{name} }}", "edit": False}
    made["type"] = _type_of(schema)
    if cursor.value is not None and not cursor.mapping(("label", "value", "edit", "type", "read")):
        return made
    label, value, edit, kind, read = (cursor.get(key) for key in ("label", "value", "edit", "type", "read"))
    if label is not None:
        made["label"] = label.text("the field's label", 80)
    if edit is not None:
        made["edit"] = edit.flag()
    if kind is not None:
        made["type"] = kind.one_of(*FIELD_TYPES)
    if read is not None:
        made["read"] = check_value(read, scope)
    if value is not None:
        made["value"] = check_value(value, scope)
    elif read is not None:
        del made["value"]
    elif schema is None and (scope.names.get("input") or {}).get("properties"):
        known = scope.names["input"]["properties"]  # type: ignore[index]
        cursor.fault(f"The input has no {name!r}; say the field's `value`.{nearest(name, known)}", at_key=True)
    elif "-" in name:
        made["value"] = f"${{ input[{name!r}] }}"
    return made


def _type_of(schema: Any) -> str:
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    if kind in ("object", "array"):
        return "json"
    return kind if kind in FIELD_TYPES else "string"


def _concerns(cursor: Cursor, scope: Scope) -> Iterator[dict[str, Any]]:
    for child in cursor.items("a list of {when, say}"):
        if not child.mapping(("when", "say", "because")):
            continue
        when, say, because = child.get("when"), child.required("say", "what the reviewer reads"), child.get("because")
        made = {"when": check_condition(when, scope)} if when is not None else {}
        if because is not None:
            made["because"] = because.one_of(*CONCERNS)
        if say is not None:
            yield {**made, "say": check_said(say, scope, "what the reviewer reads")}


def _assign(
    cursor: Cursor, scope: Scope, catalogue: Catalogue, outcomes: list[str], *, has_owner: bool
) -> dict[str, Any]:
    if not cursor.mapping(("queue", "exclude", "skills", "approvals")):
        return {}
    queue = cursor.required("queue", "the queue whose people decide")
    made: dict[str, Any] = {"queue": queue.among(catalogue.queues, "a queue") if queue else None, "approvals": 1}
    approvals = cursor.get("approvals")
    for name, what in (("exclude", "an e-mail address or a user name"), ("skills", "a skill, such as german")):
        listed = cursor.get(name)
        if listed is not None:
            named = list(listed.items("a list")) if isinstance(listed.value, list) else [listed]
            made[name] = [check_said(each, scope, what) for each in named]
    if approvals is not None:
        made["approvals"] = check_approvals(approvals, catalogue, outcomes, has_owner=has_owner)
    return made

"""Whether an answer is complete: its outcome, corrections, reasons and confirmation. All faults at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.reviews.exceptions import InvalidDecision
from reviewhub.reviews.models import Override, OverrideReason, ReviewTask
from reviewhub.reviews.selectors.reasons import offered_reasons

OF_READINGS = ("value", "confidence", "agreed", "sample", "own_confidence", "source", "quote")

Faults = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody sent."""

    outcome: str
    fields: Mapping[str, Any]
    reasons: tuple[str, ...]
    note: str
    ai_right_if_known: str
    confirmed: bool
    severity: str = ""  # of what the AI's answer would have done


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """What it means. `differences` are {"field", "label", "ai_value", "human_value", "read" (where it was read)}."""

    answer: Answer
    fields: dict[str, Any]
    differences: list[dict[str, Any]]
    reasons: list[OverrideReason]
    against_ai: bool
    is_high_risk: bool


def checked_answer(task: ReviewTask, answer: Answer) -> CheckedAnswer:
    """Raises InvalidDecision with everything that is wrong, each fault with the path of what it is about."""
    outcome = task.outcome_named(answer.outcome)
    if outcome is None:
        known = ", ".join(each["id"] for each in task.outcomes)
        said = _("There is no outcome “%(outcome)s”: %(known)s.") % {"outcome": answer.outcome, "known": known}
        raise InvalidDecision([_fault("/outcome", "unknown", said)])
    faults: Faults = []
    fields, differences = _corrected(task, answer.fields, faults)
    if answer.outcome != "skip":  # only an incident that is skipped goes on with a given result
        fields.pop(api.GIVEN_RESULT, None)
        differences = [each for each in differences if each["field"] != api.GIVEN_RESULT]
    against_ai = bool(task.ai_outcome) and answer.outcome != task.ai_outcome
    reasons = _reasons(task, answer, faults)
    needed = {"always": True, "never": False}.get(outcome.get("reason", "against_ai"), against_ai)
    if needed and not answer.reasons:
        said = _("The AI said %(outcome)s: say why.") if against_ai else _("%(outcome)s needs a reason: say why.")
        outcome_said = task.ai_label if against_ai else outcome["label"]
        faults.append(_fault("/reasons", "missing", said % {"outcome": outcome_said}))
    if answer.ai_right_if_known not in Override.AiRight.values:
        faults.append(_fault("/ai_right_if_known", "unknown", _("Answer yes, no or unsure, or nothing.")))
    if answer.severity not in Override.Severity.values:
        faults.append(_fault("/severity", "unknown", _("Answer minor, moderate or severe, or nothing.")))
    is_high_risk = outcome.get("risk") == "high"
    if is_high_risk and not answer.confirmed:
        said = _("%(outcome)s is a high risk: confirm it deliberately.") % {"outcome": outcome["label"]}
        faults.append(_fault("/confirmed", "missing", said))
    if faults:
        raise InvalidDecision(faults)
    return CheckedAnswer(answer, fields, differences, reasons, against_ai, is_high_risk)


def _fault(path: str, code: str, message: str) -> dict[str, str]:
    return {"path": path, "code": code, "message": message}


# ---- corrections -------------------------------------------------------------------------------


def _corrected(
    task: ReviewTask, corrections: Mapping[str, Any], faults: Faults
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    known = {field["name"]: field for field in task.fields}
    final = {name: field["value"] for name, field in known.items()}
    differences = []
    for name, given in corrections.items():
        path = f"/fields/{name}"
        field = known.get(name)
        if field is None:
            faults.append(_fault(path, "unknown", _("There is no field “%(name)s”.") % {"name": name}))
            continue
        try:
            value = typed_value(given, field.get("type", "string"))
        except ValueError as error:
            faults.append(_fault(path, "type", f"{field['label']}: {error}"))
            continue
        if not _names_only(value, task):
            said = _("%(label)s: a document that the case does not have cannot be named here.") % {
                "label": field["label"]
            }
            faults.append(_fault(path, "document", said))
            continue
        if value == field["value"] and isinstance(value, bool) == isinstance(field["value"], bool):
            continue
        if not field.get("edit"):
            faults.append(_fault(path, "fixed", _("%(label)s cannot be corrected here.") % {"label": field["label"]}))
            continue
        final[name] = value
        differences.append(_difference(field, value))
    return final, differences


def _names_only(value: Any, task: ReviewTask) -> bool:
    """Whether it names no documents but the case's own: whoever knows a digest does not read it by that."""
    named = {document[api.DOCUMENT_DIGEST] for _, document in api.documents_in(value)}
    own = api.documents_in([task.context, task.fields]) if named else ()
    return named <= {document[api.DOCUMENT_DIGEST] for _, document in own}


def _difference(field: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """Where the AI read the field: with what it was sure of, and what it quoted."""
    read = field.get("read") or {}
    said = {name: read[name] for name in OF_READINGS if read.get(name) is not None}
    made = {"field": field["name"], "label": field["label"], "ai_value": field["value"], "human_value": value}
    return {**made, "read": said} if said else made


def typed_value(given: Any, wanted: str) -> Any:
    """`given` as the field's type; texts from a form are read. ValueError says what was expected."""
    match wanted:
        case "number":
            return _number(given)
        case "integer":
            return _integer(given)
        case "boolean":
            return _boolean(given)
        case "json" | "object" | "array":
            return _json(given)
        case _:
            return _text(given)


def _number(given: Any) -> float | int:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given
    try:
        number = float(str(given).strip().replace(" ", ""))
    except ValueError:
        raise ValueError("write a number, like 1250.50.") from None
    if number != number or number in (float("inf"), float("-inf")):
        raise ValueError("write a number, like 1250.50.")
    return number


def _integer(given: Any) -> int:
    number = _number(given)
    if number != int(number):
        raise ValueError("write a whole number.")
    return int(number)


def _boolean(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    known = {"true": True, "yes": True, "on": True, "false": False, "no": False, "": False}
    if str(given).strip().lower() not in known:
        raise ValueError("answer yes or no.")
    return known[str(given).strip().lower()]


def _json(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError as error:
        raise ValueError(f"this is not JSON ({error}).") from None


def _text(given: Any) -> str:
    if not isinstance(given, str):
        raise ValueError("write a text.")  # noqa: TRY004 - a fault of the answer like the others
    return given.replace("\r\n", "\n")


# ---- reasons -----------------------------------------------------------------------------------


def _reasons(task: ReviewTask, answer: Answer, faults: Faults) -> list[OverrideReason]:
    if not answer.reasons:
        return []
    found = {reason.code: reason for reason in offered_reasons(task.workflow) if reason.code in answer.reasons}
    for code in answer.reasons:
        if code not in found:
            faults.append(_fault("/reasons", "unknown", _("There is no reason “%(code)s”.") % {"code": code}))
    if any(reason.needs_note for reason in found.values()) and not answer.note:
        faults.append(_fault("/note", "missing", _("This reason needs a few words.")))
    return [found[code] for code in dict.fromkeys(answer.reasons) if code in found]

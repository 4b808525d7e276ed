"""Runs that a step starts, and runs that go on as a new one."""

from __future__ import annotations

import re
from typing import Any

from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_calls import check_retry
from orchestration.core.language.check_values import Schema, Scope, check_given, check_value, closed
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.faults import nearest

WORKFLOW = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
CHILD = closed("outcome", "result", "run")
ENDS = ("cancel", "leave")


def check_child(step: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    """The canonical step of a run that starts another."""
    place, given = step.at("workflow"), step.get("with")
    made: dict[str, Any] = {"workflow": _name(place, catalogue), "with": {}}
    if given is not None and given.mapping():
        made["with"] = check_value(given, scope)
    schema = (catalogue.workflows or {}).get(str(place.value))
    if schema is not None:
        check_given(given, schema, step, str(place.value))
    ends, fails, retry = (step.get(name) for name in ("parent_ends", "child_fails", "retry"))
    if ends is not None:
        made["parent_ends"] = ends.one_of(*ENDS)
    if fails is not None:
        made["child_fails"] = _fails(fails, scope)
    if retry is not None:
        made["retry"] = check_retry(retry)
    return made


def _name(place: Cursor, catalogue: Catalogue) -> str | None:
    """A workflow that is not published yet may be: several are often deployed together."""
    if not isinstance(place.value, str) or not WORKFLOW.fullmatch(place.value):
        place.expected("the name of a workflow")
        return None
    known = catalogue.workflows
    if known is not None and place.value not in known:
        place.fault(f"No workflow {place.value!r} is published yet.{nearest(place.value, known)}", "advice")
    return place.value


def _fails(cursor: Cursor, scope: Scope) -> Any:
    if isinstance(cursor.value, str):
        if cursor.value != "error":
            cursor.expected("error, or {result: {…}} to carry on with")
        return "error"
    if not cursor.mapping(("result",)):
        return "error"
    result = cursor.required("result", "what the step gives then, such as {approved: false}")
    return {"result": check_value(result, scope) if result is not None else None}


def check_continue(step: Cursor, scope: Scope, schema: Schema) -> dict[str, Any]:
    """The input of the run that follows this one."""
    place = step.at("continue")
    if not place.mapping():
        return {"continue": {}}
    if schema is not None:
        check_given(place, schema, step, "the workflow's input")
    return {"continue": check_value(place, scope)}

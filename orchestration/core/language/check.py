"""Checks a workflow's text as a whole and gives its canonical form. Every problem at once; never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from orchestration.core.language.canonical import content_hash
from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_clocks import check_due, check_escalation, check_sla
from orchestration.core.language.check_schema import check_schema
from orchestration.core.language.check_steps import MANY_STEPS, Checking, check_end_handlers, check_steps, name_steps
from orchestration.core.language.check_tests import Tested, check_tests
from orchestration.core.language.check_triggers import check_triggers
from orchestration.core.language.check_values import RUN, Scope, check_condition, narrow
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.definition import ON_ERROR
from orchestration.core.language.faults import Fault, Faults
from orchestration.core.language.naming import check_not_built_in, names_in
from orchestration.core.language.source import read_text
from orchestration.core.language.workflow_tests import WorkflowTest

__all__ = ["Catalogue", "Checked", "Fault", "check_policy", "check_text"]

KEYS = ("workflow", "title", "owner", "input", "key", "triggers", "sla", "limits", "steps", "on_error", "tests")


@dataclass(frozen=True)
class Checked:
    """`canonical` and `content_hash` are there where no fault is an error; `faults` are in the order of the lines.
    The tests beside the text are in neither of the two: they say what the workflow does, and do nothing to it."""

    canonical: Mapping[str, Any] | None
    faults: tuple[Fault, ...]
    content_hash: str | None
    tests: tuple[WorkflowTest, ...] = ()


def check_text(text: str, catalogue: Catalogue) -> Checked:
    """Checks a whole workflow."""
    faults = Faults()
    cursor = _read(text, faults, "The text is empty; a workflow starts with `workflow: its-name`.")
    if cursor is None:
        return _checked({}, faults)
    canonical = _workflow(cursor, catalogue)
    tests = _tests(cursor, canonical, catalogue, sound=not faults.any_error)
    return replace(_checked(canonical, faults), tests=tests)


def check_policy(kind: str, text: str, catalogue: Catalogue) -> Checked:
    """Checks an escalation chain or an SLA kept in the settings; `kind` is escalation or sla. The canonical form is
    the list of levels, under "levels", or the SLA itself."""
    faults = Faults()
    cursor = _read(text, faults, "The text is empty.")
    if cursor is None:
        return _checked({}, faults)
    scope = Scope({"input": {}, "run": RUN}, reads_steps=False)
    if kind == "sla":
        return _checked(check_sla(cursor, scope, catalogue), faults)
    if not isinstance(cursor.value, list):
        cursor.expected("a list of levels")
    return _checked({"levels": check_escalation(cursor, scope, catalogue, has_owner=True)}, faults)


def _read(text: str, faults: Faults, when_empty: str) -> Cursor | None:
    """Where the text starts; None, with a fault, where there is nothing to check."""
    node = read_text(text, faults)
    if node is not None and node.value is not None:
        return Cursor(node, "", faults)
    if not faults.any_error:
        faults.add(1, 1, "", when_empty)
    return None


def _checked(canonical: Mapping[str, Any], faults: Faults) -> Checked:
    if faults.any_error:
        return Checked(None, faults.in_order(), None)
    return Checked(canonical, faults.in_order(), content_hash(canonical))


def _workflow(cursor: Cursor, catalogue: Catalogue) -> dict[str, Any]:
    if not cursor.mapping(KEYS):
        return {}
    name = cursor.required("workflow", "the workflow's name, such as purchase-approval")
    made: dict[str, Any] = {"workflow": name.slug("a name of small letters, digits, - and _") if name else None}
    if name is not None:
        check_not_built_in(name, catalogue.built_in)
    title, owner = cursor.get("title"), cursor.get("owner")
    made["title"] = title.text("a title", 120) if title else str(made["workflow"] or "").replace("-", " ").capitalize()
    if owner is not None:
        made["owner"] = owner.text("who owns the process", 150)
    given = cursor.get("input")
    made["input"] = check_schema(given) if given is not None else {"type": "object"}
    scope = Scope({"input": narrow(made["input"]), "run": RUN})
    made |= _start(cursor, scope, catalogue)
    made |= _steps(cursor, scope, catalogue)
    return made


def _tests(
    cursor: Cursor, canonical: Mapping[str, Any], catalogue: Catalogue, *, sound: bool
) -> tuple[WorkflowTest, ...]:
    tests = cursor.get("tests") if canonical else None
    if tests is None:
        return ()
    scope = Scope({"input": {}, "run": RUN}, reads_steps=False)
    has_owner = cursor.get("owner") is not None
    schema = canonical["input"] if sound else {}  # inputs are held against a schema that has no faults itself
    return check_tests(tests, Tested(schema, names_in(canonical), scope, catalogue, has_owner))


def _start(cursor: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    made: dict[str, Any] = {}
    key, triggers, sla, limits = (cursor.get(name) for name in ("key", "triggers", "sla", "limits"))
    if sla is not None:
        made["sla"] = check_due(sla, catalogue)
    if key is not None:
        made["key"] = _key(key, Scope({"input": scope.names["input"]}, reads_steps=False))
    if triggers is not None:
        made["triggers"] = check_triggers(triggers, catalogue)
    if limits is not None and limits.mapping(("duration", "steps")):
        duration, steps = limits.get("duration"), limits.get("steps")
        made["limits"] = {"duration": duration.duration(least=1)} if duration else {}
        if steps is not None:
            made["limits"]["steps"] = steps.integer(1, 10_000)
    return made


def _key(cursor: Cursor, scope: Scope) -> dict[str, Any]:
    if isinstance(cursor.value, str):
        return {"is": check_condition(cursor, scope), "while": "open"}
    if not cursor.mapping(("is", "while", "always")):
        return {}
    is_, while_, always = (cursor.get(name) for name in ("is", "while", "always"))
    if always is not None and always.flag():
        if while_ is not None:
            while_.fault("Write either `while` or `always: true`.", at_key=True)
        return {"while": "always"} | ({"is": check_condition(is_, scope)} if is_ else {})
    if is_ is None:
        cursor.fault("'is' is missing: the business key, such as ${ input.request_id }.")
        return {}
    return {"is": check_condition(is_, scope), "while": while_.one_of("open", "ever") if while_ else "open"}


def _steps(cursor: Cursor, scope: Scope, catalogue: Catalogue) -> dict[str, Any]:
    steps = cursor.required("steps", "what the workflow does, a list")
    if steps is None:
        return {"steps": []}
    handlers = cursor.get(ON_ERROR)
    ids, lines = name_steps(steps, handlers)
    checking = Checking(catalogue, has_owner=cursor.get("owner") is not None, ids=ids)
    scope = Scope(scope.names, lines=lines)
    checked, results = check_steps(steps, scope, checking)
    made: dict[str, Any] = {"steps": checked}
    if handlers is not None:
        made[ON_ERROR] = check_end_handlers(handlers, scope.after(results), checking)
    if isinstance(steps.value, list) and not steps.value:
        steps.fault("A workflow has at least one step.")
    if len(ids) > MANY_STEPS:
        steps.fault(f"{len(ids)} steps are many; a workflow of at most {MANY_STEPS} is easier to follow.", "advice")
    limits = cursor.get("limits")
    most = limits.get("steps") if limits is not None else None
    if most is not None and isinstance(most.value, int) and len(ids) > most.value:
        most.fault(f"The workflow has {len(ids)} steps, more than this limit.")
    return made

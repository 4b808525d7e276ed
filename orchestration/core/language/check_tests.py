"""Checks the tests beside a workflow: names that exist, inputs and answers that fit, durations, expectations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from jsonschema import Draft202012Validator

from orchestration.core.calendars import Calendar, InvalidCalendar, calendar_from
from orchestration.core.language.catalogue import Catalogue
from orchestration.core.language.check_clocks import check_escalation, check_sla
from orchestration.core.language.check_expectations import check_expectations
from orchestration.core.language.check_values import Scope
from orchestration.core.language.check_waits import check_event_name
from orchestration.core.language.coercion import coerce
from orchestration.core.language.cursor import Cursor
from orchestration.core.language.faults import nearest
from orchestration.core.language.naming import Names
from orchestration.core.language.validation import input_faults
from orchestration.core.language.workflow_tests import SILENT, Act, Answer, Answers, Sent, WorkflowTest

KEYS = ("name", "input", "at", "tools", "ai", "workflows", "people", "events", "settings", "expect")
ACT = ("step", "decide", "after", "by", "fields", "take_back", "cancel")
EVENT = ("event", "key", "with", "after")
ERROR = ("class", "code", "message", "retry_after")
ERROR_CLASSES = ("transient", "permanent", "ambiguous")
SETTINGS = ("calendars", "escalation", "sla")
CALENDAR = ("zone", "week", "holidays")
MAX_TESTS = 50
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Tested:
    """The workflow that the tests are about."""

    input: Mapping[str, Any]  # its schema
    names: Names
    scope: Scope
    catalogue: Catalogue
    has_owner: bool


def check_tests(cursor: Cursor, tested: Tested) -> tuple[WorkflowTest, ...]:
    made: list[WorkflowTest] = []
    seen: dict[str, int] = {}
    for test in cursor.items("a list of tests, each with a name and what it expects"):
        if not test.mapping(KEYS):
            continue
        one = _test(test, tested)
        if one.name in seen:
            test.fault(f"There is a test {one.name!r} already, on line {seen[one.name]}.")
        seen.setdefault(one.name, test.line)
        made.append(one)
    if len(made) > MAX_TESTS:
        cursor.fault(f"A workflow has at most {MAX_TESTS} tests.")
    return tuple(made)


def _test(cursor: Cursor, tested: Tested) -> WorkflowTest:
    name = cursor.required("name", "what the test shows, in a sentence")
    expect = cursor.required("expect", "what has to come of it, such as {outcome: done}")
    tools, ai, people, settings, at = (cursor.get(each) for each in ("tools", "ai", "people", "settings", "at"))
    events, workflows = cursor.get("events"), cursor.get("workflows")
    calendars, policies = _settings(settings, tested) if settings is not None else ({}, {})
    return WorkflowTest(
        name=(name.text("what the test shows", 200) if name else None) or "",
        line=cursor.line,
        at=_instant(at) if at is not None else MONDAY,
        input=_input(cursor, tested),
        tools=dict(_tools(tools, tested)) if tools is not None and tools.mapping() else {},
        ai=dict(_ai(ai, tested)) if ai is not None and ai.mapping() else {},
        workflows=dict(_workflows(workflows, tested)) if workflows is not None and workflows.mapping() else {},
        people=tuple(_acts(people, tested)) if people is not None else (),
        events=tuple(_events(events)) if events is not None else (),
        calendars=calendars,
        policies=policies,
        expect=tuple(check_expectations(expect, tested.names)) if expect is not None else (),
    )


def _instant(cursor: Cursor) -> datetime:
    try:
        found = datetime.fromisoformat(str(cursor.value))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        cursor.expected("an instant with its zone, such as 2026-11-02T09:00:00Z")
        return MONDAY
    return found.astimezone(UTC)


def _input(cursor: Cursor, tested: Tested) -> Mapping[str, Any]:
    place = cursor.get("input")
    if place is not None and not place.mapping():
        return {}
    given = coerce(place.plain() if place is not None else {}, tested.input)
    for fault in input_faults(given, tested.input):
        where = f" (at {fault['path']})" if fault["path"] != "/" else ""
        (place or cursor).fault(f"The input does not fit{where}: {fault['message']}")
    found: Mapping[str, Any] = given
    return found


# ---- what tools and models answer ----------------------------------------------------------------


def _tools(cursor: Cursor, tested: Tested) -> Iterator[tuple[str, Answers]]:
    for name, place in cursor.children():
        known = tested.names.references_of(name)
        if not known:
            said = nearest(name, tested.names.tools)
            place.fault(f"The workflow calls no tool {name!r}.{said}", at_key=True)
        shapes = [shape for each in known if (shape := (tested.catalogue.tools or {}).get(each)) is not None]
        output = shapes[0][1] if shapes else {}
        yield name, _answers(place, partial(_tool_result, output=output))


def _ai(cursor: Cursor, tested: Tested) -> Iterator[tuple[str, Answers]]:
    for name, place in cursor.children():
        if name not in tested.names.points:
            said = nearest(name, tested.names.points)
            place.fault(f"The workflow asks no decision point {name!r}.{said}", at_key=True)
        yield name, _answers(place, _recommendation)


def _workflows(cursor: Cursor, tested: Tested) -> Iterator[tuple[str, Answers]]:
    for name, place in cursor.children():
        if name not in tested.names.workflows:
            said = nearest(name, tested.names.workflows)
            place.fault(f"The workflow starts no workflow {name!r}.{said}", at_key=True)
        yield name, _answers(place, _ended)


def _ended(cursor: Cursor) -> dict[str, Any]:
    if not cursor.mapping(("outcome", "result", "undoes")):
        return {}
    if (undoes := cursor.get("undoes")) is not None:
        undoes.flag()
    return {"outcome": "done", **cursor.plain()}


def _answers(cursor: Cursor, read: Callable[[Cursor], Any]) -> Answers:
    one_each = isinstance(cursor.value, list)
    places = list(cursor.items("")) if one_each else [cursor]
    return Answers(cursor.line, tuple(_answer(place, read) for place in places), one_each)


def _answer(cursor: Cursor, read: Callable[[Cursor], Any]) -> Answer:
    if isinstance(cursor.value, dict) and set(cursor.value) == {"error"}:
        return Answer(error=_error(cursor.at("error")))
    return Answer(result=read(cursor))


def _error(cursor: Cursor) -> dict[str, Any]:
    if isinstance(cursor.value, str):
        kind = cursor.one_of(*ERROR_CLASSES)
        return {"class": kind, "code": "test", "message": f"A {kind} error that the test gives."}
    if not cursor.mapping(ERROR):
        return {}
    kind_at, retry_after = cursor.required("class", f"one of {', '.join(ERROR_CLASSES)}"), cursor.get("retry_after")
    kind = kind_at.one_of(*ERROR_CLASSES) if kind_at is not None else None
    made: dict[str, Any] = {"class": kind, "code": "test", "message": f"A {kind} error that the test gives."}
    made |= {name: place.text() for name in ("code", "message") if (place := cursor.get(name)) is not None}
    if retry_after is not None:
        made["retry_after"] = retry_after.duration()
    return made


def _tool_result(cursor: Cursor, output: Mapping[str, Any]) -> Any:
    """What is said of the result fits what the tool promises; a test need not say all of it."""
    result = coerce(cursor.plain(), output)
    properties = output.get("properties", {})
    for name, given in result.items() if isinstance(result, dict) else ():
        if name in properties:
            for error in Draft202012Validator(properties[name]).iter_errors(given):
                cursor.at(name).fault(f"{name!r} is not what the tool gives: {error.message[:200]}")
        elif output.get("additionalProperties") is False:
            cursor.at(name).fault(f"The tool gives no {name!r}.{nearest(name, properties)}", at_key=True)
    return result


def _recommendation(cursor: Cursor) -> dict[str, Any]:
    return {**SILENT, **cursor.plain()} if cursor.mapping(tuple(SILENT)) else {}


# ---- what people do --------------------------------------------------------------------------------


def _acts(cursor: Cursor, tested: Tested) -> Iterator[Act]:
    for place in cursor.items("a list of what people do, such as {step: approval, decide: approve, after: 2h}"):
        if place.mapping(ACT):
            yield _act(place, tested)


def _act(cursor: Cursor, tested: Tested) -> Act:
    step, decide, fields = (cursor.get(name) for name in ("step", "decide", "fields"))
    after, take_back, cancel, by = (cursor.get(name) for name in ("after", "take_back", "cancel", "by"))
    if cancel is not None and (decide is not None or step is not None):
        cancel.fault("Cancelling the run is an act of its own; write it as another entry.", at_key=True)
    if cancel is None:
        decide = cursor.required("decide", "the outcome that is chosen")
        step = cursor.required("step", "the id of the review, or of the step with an incident")
    if step is not None:
        tested.names.check_step(step)
    return Act(
        line=cursor.line,
        after=(after.duration() if after is not None else None) or 0,
        by=(by.text("who does it", 150) if by is not None else None) or "somebody",
        step=str(step.value) if step is not None else "",
        decide=(decide.text("an outcome", 60) if decide is not None else None) or "",
        fields=fields.plain() if fields is not None and fields.mapping() else {},
        take_back=take_back.duration() if take_back is not None else None,
        cancel=cancel.text("why the run is cancelled", 500) if cancel is not None else None,
    )


def _events(cursor: Cursor) -> Iterator[Sent]:
    for place in cursor.items("a list of events that arrive, such as {event: order.paid, key: R-1, after: 2h}"):
        if not place.mapping(EVENT):
            continue
        name, key = place.required("event", "its name"), place.required("key", "what tells it from others")
        after, given = place.get("after"), place.get("with")
        yield Sent(
            line=place.line,
            after=(after.duration() if after is not None else None) or 0,
            event=(check_event_name(name) if name is not None else None) or "",
            key=str(key.value) if key is not None else "",
            payload=given.plain() if given is not None else {},
        )


# ---- policies that a test brings itself ------------------------------------------------------------


def _settings(cursor: Cursor, tested: Tested) -> tuple[dict[str, Calendar], dict[tuple[str, str], Any]]:
    calendars: dict[str, Calendar] = {}
    policies: dict[tuple[str, str], Any] = {}
    for name, place in _named(cursor, "calendars"):
        found = _calendar(name, place)
        if found is not None:
            calendars[name] = found
    for name, place in _named(cursor, "escalation"):
        policies["escalation", name] = check_escalation(
            place, tested.scope, tested.catalogue, has_owner=tested.has_owner
        )
    for name, place in _named(cursor, "sla"):
        policies["sla", name] = check_sla(place, tested.scope, tested.catalogue)
    return calendars, policies


def _named(cursor: Cursor, kind: str) -> Iterator[tuple[str, Cursor]]:
    place = cursor.get(kind) if cursor.mapping(SETTINGS) else None
    if place is not None and place.mapping():
        yield from place.children()


def _calendar(name: str, cursor: Cursor) -> Calendar | None:
    if not cursor.mapping(CALENDAR) or not all(cursor.required(each, f"its {each}") for each in CALENDAR[:2]):
        return None
    try:
        return calendar_from({"name": name, **cursor.plain()})
    except (InvalidCalendar, TypeError, AttributeError) as error:
        cursor.fault(f"This is no calendar: {error}")
        return None

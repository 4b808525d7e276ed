"""The part of the published JSON Schema that describes tests beside the text."""

from __future__ import annotations

from orchestration.core.language import check_expectations, check_tests
from orchestration.core.language.schema import ANYTHING, DURATION, NAMED, Schema
from orchestration.core.language.schema import _mapping as mapping
from orchestration.core.language.schema import _text as text

LIST: Schema = {"type": "array", "items": {"type": "string"}}


def schema_of_test() -> Schema:
    answers: Schema = {"type": "object", "description": "By name: one answer, a list of them, or {error: …}."}
    properties = {
        "name": text("What the test shows, in a sentence."),
        "input": {"type": "object", "description": "What the run is started with."},
        "at": text("When it starts, such as 2026-11-02T09:00:00Z, a Monday and the default."),
        "tools": answers,
        "ai": answers,
        "workflows": answers,
        "people": {"type": "array", "items": _act()},
        "events": {"type": "array", "items": _event()},
        "settings": mapping({name: {"type": "object"} for name in check_tests.SETTINGS}),
        "expect": _expectations(),
    }
    return mapping(properties, ("name", "expect"))


def _act() -> Schema:
    return mapping(
        {
            "step": text("The id of the review, or of the step with an incident."),
            "decide": NAMED,
            "after": {**DURATION, "description": "Since the review opened; of a cancellation, since the start."},
            "by": text("Who does it."),
            "fields": {"type": "object", "description": "What is corrected."},
            "take_back": {**DURATION, "description": "So long after it the decision is taken back."},
            "cancel": text("Why the run is cancelled."),
        }
    )


def _event() -> Schema:
    after = {**DURATION, "description": "Since the run began."}
    shape = {"event": text("Its name."), "key": ANYTHING, "with": ANYTHING, "after": after}
    return mapping(shape, ("event", "key"))


def _expectations() -> Schema:
    call = {"anyOf": [{"type": "string"}, mapping({"tool": text("A tool."), "with": {"type": "object"}}, ("tool",))]}
    event = {"anyOf": [{"type": "string"}, mapping({"event": text("An event."), "key": ANYTHING, "with": ANYTHING})]}
    shapes: dict[str, Schema] = {
        "emitted": {"type": "array", "items": event},
        "outcome": text("The run's outcome; open where it still waits."),
        "calls": {"type": "array", "items": call, "description": "Made in this order; others may stand between."},
        "results": {"type": "object", "additionalProperties": ANYTHING},
        "error": {
            "anyOf": [{"type": "string"}, mapping(dict.fromkeys(("class", "code", "message", "step"), ANYTHING))]
        },
        "took": DURATION,
    }
    return mapping({what: shapes.get(what, LIST) for what in check_expectations.EXPECTATIONS})

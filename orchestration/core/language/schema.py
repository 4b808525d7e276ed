"""The published JSON Schema of the language, for editors: names, shapes and choices with their meanings.

It knows what the check knows without an installation and without reading expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.language import (
    check_approvals,
    check_blocks,
    check_calls,
    check_clocks,
    check_review,
    check_steps,
    check_waits,
)
from orchestration.core.language.cursor import NAME

Schema = dict[str, Any]

DURATION: Schema = {
    "type": "string",
    "pattern": r"^(\d+[wdhms]|\d+\.\d+s)+$|^P(?=.)[0-9WDTHMS.]+$",
    "description": "A duration: 30s, 90m, 8h, 10d, 2w, or ISO 8601 such as P30D.",
}
CONDITION: Schema = {"type": "string", "pattern": r"^\s*\$\{", "description": "One expression: ${ … }."}
NAMED: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
EVENT: Schema = {"type": "string", "pattern": f"^{check_waits.EVENT.pattern}$", "description": "An event's name."}
EVENT_KEY: Schema = {"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "Tells events of a name apart."}
RESULT: Schema = {**NAMED, "description": "The step inside whose result counts; the last one where not said."}
ANYTHING: Schema = {"description": "Any value; ${ … } in it is evaluated."}


def json_schema() -> Schema:
    """The schema of a whole workflow, draft 2020-12."""
    from orchestration.core.language.schema_of_tests import schema_of_test

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ReviewHub workflow",
        "description": "The workflow language of ReviewHub. See docs/language.md.",
        **_mapping(
            {
                "workflow": _text("Its name: small letters, digits, - and _.", pattern="^[a-z0-9][a-z0-9_-]*$"),
                "title": _text("What people call it."),
                "owner": _text("The process owner: last link of a critical escalation."),
                "input": {"type": "object", "description": "JSON Schema of the input, an object."},
                "key": {"anyOf": [CONDITION, _key()], "description": "The business identity of a run."},
                "triggers": {"type": "array", "items": _trigger(), "description": "What starts runs by itself."},
                "sla": _due(),
                "limits": _mapping({"duration": DURATION, "steps": {"type": "integer", "minimum": 1}}),
                "steps": {"$ref": "#/$defs/steps"},
                "on_error": {"$ref": "#/$defs/steps", "description": "What is done before a run ends as failed."},
                "tests": {"type": "array", "items": {"$ref": "#/$defs/test"}, "description": "Tests beside the text."},
            },
            required=("workflow", "steps"),
        ),
        "$defs": {
            "steps": {"type": "array", "items": {"$ref": "#/$defs/step"}},
            "step": {"oneOf": [_step(kind) for kind in check_steps.OF_KIND]},
            "retry": _retry(),
            "undo": _beside(),
            "fallback": _beside({"undo": {"$ref": "#/$defs/undo"}}),
            "review": _review(),
            "level": _level(),
            "test": schema_of_test(),
        },
    }


def _mapping(properties: Mapping[str, Schema], required: tuple[str, ...] = (), about: str = "") -> Schema:
    made: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    return made | ({"required": list(required)} if required else {}) | ({"description": about} if about else {})


def _text(about: str, **more: Any) -> Schema:
    return {"type": "string", "description": about, **more}


def _choice(*choices: str, about: str = "") -> Schema:
    return {"enum": list(choices)} | ({"description": about} if about else {})


def _key() -> Schema:
    while_ = _choice("open", "ever", about="open: one open run of a key at a time; ever: one run of a key at all.")
    always = {"const": True, "description": "Many runs of a key side by side."}
    return _mapping({"is": CONDITION, "while": while_, "always": always})


def _trigger() -> Schema:
    path = _text("The last part of the address: /hooks/<path>/.")
    secret = _text("The connection with the signing secret.")
    webhook = _mapping({"path": path, "secret": secret, "event": _told_event()}, ("path", "secret"))
    map_ = {"type": "object", "description": "The run's input, made from message.id, message.key, message.payload."}
    event = {"anyOf": [EVENT, _mapping({"name": EVENT, "map": map_}, ("name",))]}
    return {"anyOf": [_mapping({"webhook": webhook}, ("webhook",)), _mapping({"event": event}, ("event",))]}


def _told_event() -> Schema:
    key = {"type": ["string", "integer"], "description": "Made from message.id and message.payload."}
    held = {"type": "object", "description": "JSON Schema of the body."}
    told = {"name": EVENT, "key": key, "schema": held}
    return _mapping(told, ("name", "key"), "It tells runs this event, and starts none by itself.")


def _due() -> Schema:
    calendar = _text("Counts on this calendar.")
    return _mapping({"due": DURATION, "calendar": calendar}, ("due",), "The time it has; missing it stops nothing.")


def _step(kind: str) -> Schema:
    properties = {"id": NAMED, "when": {**CONDITION, "description": "The step is skipped where this is false."}}
    needs = (kind,) if kind in check_steps.ENDINGS else ("id", kind)
    options = {name: _OPTIONS[name] for name in check_steps.OF_KIND[kind]}
    return _mapping(properties | {kind: _KINDS[kind]} | options, needs)


def _beside(more: Mapping[str, Schema] | None = None) -> Schema:
    """Another tool, beside the step's own."""
    options = {name: _OPTIONS[name] for name in check_calls.BESIDE if name != "tool"}
    return _mapping({"tool": _KINDS["tool"]} | options | dict(more or {}), ("tool",))


def _retry() -> Schema:
    return _mapping(
        {
            "attempts": {"type": "integer", "minimum": 1, "maximum": 20},
            "first": {**DURATION, "description": "The wait after the first failure."},
            "factor": {"type": "number", "minimum": 1, "maximum": 10},
            "cap": {**DURATION, "description": "The longest wait."},
            "jitter": {"type": "number", "minimum": 0, "maximum": 1, "description": "0.2: up to 20 % more or less."},
        }
    )


def _review() -> Schema:
    outcome = _mapping(
        {
            "label": _text("What the button says."),
            "risk": {"anyOf": [_choice("low", "high"), CONDITION], "description": "high: confirmed once more."},
            "reason": _choice("against_ai", "always", "never", about="When a reason is asked for."),
        }
    )
    field = _mapping(
        {
            "label": _text("What the field is called."),
            "value": ANYTHING,
            "edit": {"type": "boolean", "description": "Whether the reviewer may correct it."},
            "type": _choice(*check_review.FIELD_TYPES),
            "read": {**CONDITION, "description": "What was read for it, with confidence and quote."},
        }
    )
    nothing = {"type": "null"}
    policy = _text("A named policy.")
    outcomes = {"type": "object", "additionalProperties": {"anyOf": [outcome, nothing]}, "minProperties": 1}
    because = _choice(*check_review.CONCERNS, about="What kind of reason it is; else exception.")
    concern = _mapping({"when": CONDITION, "say": _text("Why a person is asked."), "because": because}, ("say",))
    assign = _mapping(
        {
            "queue": _text("Whose people decide."),
            "exclude": _one_or_many(),
            "skills": {**_one_or_many(), "description": "What whoever is given it must be able to do."},
            "approvals": _approvals(),
        },
        ("queue",),
    )
    critical = {"anyOf": [{"type": "boolean"}, CONDITION]}
    sla = _mapping({"policy": policy, "due": DURATION, "calendar": _text(""), "critical": critical})
    levels = {"type": "array", "items": {"$ref": "#/$defs/level"}, "maxItems": check_clocks.MAX_LEVELS}
    properties = {
        "title": _text("The task's title."),
        "recommendation": {**CONDITION, "description": "The result of an ai step, or what a system brought along."},
        "context": {**CONDITION, "description": "What is shown of the case, in place of the input and the results."},
        "outcomes": {"anyOf": [{"type": "array", "items": NAMED, "minItems": 1}, outcomes]},
        "highlights": {"type": "object", "additionalProperties": ANYTHING},
        "fields": {"type": "object", "additionalProperties": {"anyOf": [field, nothing]}},
        "concerns": {"type": "array", "items": concern},
        "assign": assign,
        "sla": {"anyOf": [policy, sla]},
        "escalate": {"anyOf": [policy, _mapping({"policy": policy}, ("policy",)), levels]},
        "unanswered": _mapping({"after": DURATION, "outcome": NAMED}, ("after", "outcome")),
        "undo": {**DURATION, "description": "How long a decision can be taken back; else as the queue says."},
    }
    return _mapping(properties, ("outcomes", "assign"))


def _one_or_many() -> Schema:
    return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


def _approvals() -> Schema:
    most = check_approvals.MOST
    count = {"type": "integer", "minimum": 1, "maximum": most}
    named = {"type": "array", "items": _target(), "minItems": 1, "maxItems": most}
    disagree = _mapping({"outcome": NAMED, "to": _target()}) | {"minProperties": 1, "maxProperties": 1}
    properties: dict[str, Schema] = {
        "need": {**count, "description": "How many have to decide the same; else all of them."},
        "of": {"anyOf": [count, named], "description": "How many are asked, or who."},
        "in_order": {"type": "boolean", "description": "One after the other."},
        "blind": {"type": "boolean", "description": "Nobody sees what others decided before deciding."},
        "alone": {"type": "array", "items": NAMED, "description": "Outcomes that one person can settle."},
        "disagree": {**disagree, "description": "What happens when they cannot agree any more."},
    }
    return {"anyOf": [count, _mapping(properties)]}


def _target() -> Schema:
    targets = {name: _choice(*of) for name, of in check_clocks.TARGETS.items()}
    targets |= {name: _text(f"The {name}'s name.") for name in check_clocks.NAMED_TARGETS}
    return _mapping(targets) | {"minProperties": 1, "maxProperties": 1}


def _level() -> Schema:
    return _mapping(
        {
            "after": {**DURATION, "description": "Since the task was created."},
            "to": _target(),
            "when": {**CONDITION, "description": "Reads sla.critical too."},
            "priority": _choice(*check_clocks.PRIORITIES),
            "mode": _choice("add", "move", about="add: all of them may decide; move: only the new ones."),
            "business": {"type": "boolean", "description": "Counts on the review's calendar."},
        },
        ("after", "to"),
    )


def _switch() -> Schema:
    steps = {"$ref": "#/$defs/steps"}
    when = _mapping({"when": CONDITION, "steps": steps}, ("when",))
    otherwise = _mapping({"otherwise": {"const": True}, "steps": steps}, ("otherwise",))
    return {"type": "array", "items": {"anyOf": [when, otherwise]}, "minItems": 1}


def _parallel() -> Schema:
    branches = {"type": "object", "additionalProperties": {"$ref": "#/$defs/steps"}}
    return _mapping(_joined() | {"branches": branches}, ("branches",))


def _joined() -> dict[str, Schema]:
    least = _mapping({"at_least": {"type": "integer", "minimum": 1}}, ("at_least",))
    return {
        "join": {"anyOf": [_choice("all", "any"), least], "description": "How many have to end well."},
        "errors": _choice(
            *check_blocks.ERRORS, about="An error inside: asks a person, is collected, or stops the rest."
        ),
    }


def _each() -> Schema:
    properties = {
        "in": {**CONDITION, "description": "The list to go through."},
        "concurrency": {"type": "integer", "minimum": 1, "description": "How many items at once; 10 where not said."},
        "result": RESULT,
        "steps": {"$ref": "#/$defs/steps"},
    }
    return _mapping(properties | _joined(), ("in", "steps"))


def _repeat() -> Schema:
    properties = {
        "until": {**CONDITION, "description": "Done when this is true after a round."},
        "while": {**CONDITION, "description": "Done when this is false before a round."},
        "max": {"type": "integer", "minimum": 1, "maximum": check_blocks.MAX_ROUNDS, "description": "Most rounds."},
        "result": RESULT,
        "steps": {"$ref": "#/$defs/steps"},
    }
    return _mapping(properties, ("max", "steps"))


def _wait() -> Schema:
    unanswered = _mapping({"after": DURATION, "outcome": NAMED}, ("after", "outcome"))
    calendar = _text("Counts on this calendar.")
    return {
        "anyOf": [
            _mapping({"for": DURATION, "calendar": calendar}, ("for",), "Goes on after a time."),
            _mapping({"until": _text("An instant, or ${ … } that gives one.")}, ("until",), "Goes on at an instant."),
            _mapping({"event": EVENT, "key": EVENT_KEY, "unanswered": unanswered}, ("event", "key"), "For an event."),
        ]
    }


def _emit() -> Schema:
    given = {"type": "object", "description": "What the event carries."}
    return _mapping({"event": EVENT, "key": EVENT_KEY, "with": given}, ("event", "key"))


_KINDS: Mapping[str, Schema] = {
    "tool": _text("A tool and its version, such as mail.send@1.", pattern=r"@\d+$"),
    "ai": _text("A decision point."),
    "review": {"$ref": "#/$defs/review"},
    "switch": _switch(),
    "parallel": _parallel(),
    "wait": _wait(),
    "emit": _emit(),
    "each": _each(),
    "repeat": _repeat(),
    "workflow": _text("The workflow whose run is started.", pattern="^[a-z0-9][a-z0-9_-]*$"),
    "continue": {"type": "object", "description": "The input of the run that follows this one."},
    "set": {"type": "object", "description": "Names and values."},
    "end": {**NAMED, "description": "Ends the run well, with this outcome."},
    "fail": _text("Ends the run as failed, with this message."),
}
_OPTIONS: Mapping[str, Schema] = {
    "parent_ends": _choice("cancel", "leave", about="What becomes of the child when this run ends before it."),
    "child_fails": {"anyOf": [{"const": "error"}, _mapping({"result": ANYTHING}, ("result",))]},
    "with": {"type": "object", "description": "What is given to it."},
    "retry": {"$ref": "#/$defs/retry"},
    "timeout": DURATION,
    "sla": _due(),
    "on_error": {"$ref": "#/$defs/steps", "description": "What is done about its error; then it counts as done."},
    "undo": {"$ref": "#/$defs/undo", "description": "What undoes it where the run fails or is cancelled."},
    "fallback": {"type": "array", "items": {"$ref": "#/$defs/fallback"}, "description": "Tools for its place."},
    "cache": {**DURATION, "description": "An answer that is not older is taken in the place of a call."},
    "ambiguous": _choice("retry", "reconcile", "ask", about="After a call that may have taken effect."),
}

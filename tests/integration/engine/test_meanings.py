"""What the language says that only the database, tools or the settings can show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from orchestration import api
from orchestration.exceptions import TransientError
from orchestration.models import Run
from orchestration.runtime import outbox, tools
from tests.support.bench import Bench

KEYED = """
workflow: keyed
input: {type: object, properties: {n: {type: string}}}
key: KEY
steps: [{id: nap, wait: {for: 1h}}]
"""
IS = '"${ input.n }"'


@pytest.mark.parametrize(
    ("key", "open_again", "ended_again"),
    [
        (IS, "first", "new"),  # short for the next one
        (f"{{is: {IS}, while: open}}", "first", "new"),
        (f"{{is: {IS}, while: ever}}", "first", "first"),
        (f"{{is: {IS}, always: true}}", "new", "new"),
    ],
)
def test_a_key_answers_with_the_open_run_the_first_one_or_none(
    engine: Bench, key: str, open_again: str, ended_again: str
) -> None:
    engine.publish(KEYED.replace("KEY", key))
    first = engine.start("keyed", n="A")
    said = {True: "first", False: "new"}
    assert said[engine.start("keyed", n="A") == first] == open_again
    assert engine.start("keyed", n="B") != first
    engine.clock.forward(hours=1)
    engine.sweep()
    assert Run.objects.get(pk=first).status == "succeeded"
    assert said[engine.start("keyed", n="A") == first] == ended_again


def test_one_event_starts_one_run_for_ever_whatever_the_key_allows(engine: Bench) -> None:
    engine.publish(KEYED.replace("KEY", f"{{is: {IS}, always: true}}"))
    first = engine.start("keyed", event_id="E-1", n="A")
    engine.clock.forward(days=400)
    engine.sweep()
    assert engine.start("keyed", event_id="E-1", n="A") == first


CALL = """
workflow: calls
input: {type: object, properties: {n: {}}}
steps: [{id: call, tool: strict.tool@1, with: {n: "${ input.n }"}RETRY}]
"""


def strict(**options: Any) -> list[Mapping[str, Any]]:
    """A tool that wants a number, and is away; the calls that it got."""
    calls: list[Mapping[str, Any]] = []

    def away(given: Mapping[str, Any], call: Any) -> Mapping[str, Any]:
        calls.append(given)
        raise TransientError("Away.")

    wants = {"type": "object", "required": ["n"], "properties": {"n": {"type": "number"}}}
    tools.tool(name="strict.tool", version=1, idempotent=True, input=wants, **options)(away)
    return calls


def test_what_a_tool_is_given_is_checked_wholly_before_the_call(engine: Bench) -> None:
    calls = strict()
    engine.publish(CALL.replace("RETRY", ""))
    run_id = engine.start("calls", n="seven")
    engine.work()
    assert calls == []
    step = api.run_state(run_id).steps["call"]
    assert (step.status, (step.error or {})["code"]) == ("incident", "bad_input")


def test_what_a_step_does_not_say_of_retrying_is_as_the_tool_has_it(engine: Bench) -> None:
    calls = strict(retry={"attempts": 2, "first": 40, "jitter": 0})
    engine.publish(CALL.replace("RETRY", ", retry: {attempts: 3}"))
    run_id = engine.start("calls", n=7)
    engine.work()
    (timer,) = api.run_state(run_id).armed()
    assert timer.due_at - engine.clock.system == timedelta(seconds=40)
    for _ in range(3):
        engine.clock.forward(minutes=5)
        engine.sweep()
    assert len(calls) == 3


def test_a_run_whose_tool_is_no_longer_registered_comes_before_a_person(engine: Bench) -> None:
    strict()
    engine.publish(CALL.replace("RETRY", ""))
    run_id = engine.start("calls", n=7)
    del tools._registered["strict.tool@1"]
    engine.work()
    step = api.run_state(run_id).steps["call"]
    assert (step.status, "strict.tool@1" in (step.error or {})["message"]) == ("incident", True)
    assert [one.kind for one in api.stuck("tool")] == ["tool"]


def test_a_child_starts_on_the_version_that_is_published_then(engine: Bench) -> None:
    engine.publish("workflow: inner\nsteps: [{id: was, set: {version: 1}}]\n")
    engine.publish(
        "workflow: outer\nsteps: [{id: nap, wait: {for: 1h}}, {id: child, workflow: inner}, "
        '{id: said, set: {was: "${ steps.child.result.version }"}}]\n'
    )
    run_id = engine.start("outer")
    engine.publish("workflow: inner\nsteps: [{id: was, set: {version: 2}}]\n")
    engine.clock.forward(hours=1)
    engine.sweep()
    while outbox.send_due() + engine.work():
        pass
    assert api.run_state(run_id).steps["said"].result == {"was": 2}

"""Going on as a new run, and the limit of steps."""

from __future__ import annotations

from typing import Any

from orchestration.core.effects import ContinueRun, RunEnded
from orchestration.core.language.definition import compile_definition
from tests.unit.core.runs import Player

SCHEMA = {"type": "object", "properties": {"page": {"type": "integer"}}}


def started(*steps: dict[str, Any], **more: Any) -> Player:
    canonical = {"workflow": "w", "title": "W", "input": SCHEMA, "steps": list(steps), **more}
    player = Player(compile_definition(canonical))
    player.starts()
    return player


def test_a_run_goes_on_as_a_new_one_with_the_given_input() -> None:
    player = started({"id": "next", "kind": "continue", "continue": {"page": "${ 1 + 1 }"}})
    assert (player.state.status, player.state.outcome) == ("succeeded", "continued")
    assert player.made[-1].effects == (ContinueRun({"page": 2}),)


def test_an_input_that_does_not_fit_is_an_incident_of_the_step() -> None:
    player = started({"id": "next", "kind": "continue", "continue": {"page": "two"}})
    step = player.state.steps["next"]
    assert step.status == "incident"
    assert "/page" in (step.error or {})["message"]


def test_a_run_that_has_entered_as_many_steps_as_it_may_ends_and_says_so() -> None:
    sets = [{"id": f"s{number}", "kind": "set", "set": {}} for number in range(3)]
    assert started(*sets, limits={"steps": 3}).state.status == "succeeded"
    player = started(*sets, limits={"steps": 2})
    assert player.state.status == "failed"
    assert (player.state.error or {})["code"] == "step_limit"
    assert player.state.opened == 2
    assert player.made[-1].effects == (RunEnded(),)


def test_the_result_of_a_run_is_what_its_end_gives_or_its_last_step() -> None:
    last = {"id": "s", "kind": "set", "set": {"n": "${ 7 }"}}
    assert started(last).state.result == {"n": 7}
    assert started(last, {"id": "e", "kind": "end", "end": "done", "with": {"m": "${ steps.s.n }"}}).state.result == {
        "m": 7
    }

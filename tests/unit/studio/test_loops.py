"""Loops and handlers in the drawing, on the run's page and in its story."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orchestration.api import compile_definition
from reviewhub.studio.drawing import drawn_definition, drawn_run, names_of
from reviewhub.studio.facts import Fact
from reviewhub.studio.sentences import sentence
from tests.unit.studio.test_drawing import row

CHECK = {"id": "check", "kind": "tool", "tool": "stock.level", "version": 1}
LINES: dict[str, Any] = {
    "workflow": "w",
    "title": "W",
    "input": {"type": "object"},
    "steps": [
        {
            "id": "lines",
            "kind": "each",
            "in": "${ input.lines }",
            "concurrency": 5,
            "join": {"at_least": 2},
            "errors": "collect",
            "timeout": 86_400,
            "steps": [{**CHECK, "on_error": [{"id": "none", "kind": "set", "set": {"left": 0}}]}],
        },
        {
            "id": "again",
            "kind": "repeat",
            "until": "${ steps.asked.done }",
            "max": 5,
            "steps": [{**CHECK, "id": "asked"}],
        },
    ],
}
DEFINITION = compile_definition(LINES)
SCOPE = {"count": 10, "open": 5, "next": 8, "done": 2, "failed": 0}


def test_a_loop_is_drawn_as_what_it_does_each_time() -> None:
    _, lines, again = drawn_definition(DEFINITION)
    assert lines.detail == "For each of lines"
    assert [chip.text for chip in lines.chips] == [
        "5 at once",
        "At least 2 count",
        "Errors are collected",
        "Fails after 1 d",
    ]
    assert [branch.label for branch in (*lines.branches, *again.branches)] == ["each item", "each round"]
    assert again.detail == "Again and again, until asked done"
    assert [chip.text for chip in again.chips] == ["At most 5 rounds"]


def test_handlers_stand_beside_what_they_handle() -> None:
    _, lines, _ = drawn_definition(DEFINITION)
    check, handlers = lines.branches[0].blocks
    assert (check.title, handlers.title) == ("check", "If check fails")
    assert handlers.branches[0].label == "instead of failing"


def test_a_run_shows_the_newest_item_or_the_one_that_was_chosen() -> None:
    steps = {
        "lines": row("lines", "each", "waiting", scope=SCOPE),
        "lines#1/check": row("lines#1/check", "tool", "succeeded"),
        "lines#2/check": row("lines#2/check", "tool", "running"),
    }
    lines, _ = drawn_run(DEFINITION, steps, "", ended=False)
    assert [chip.text for chip in lines.chips] == ["2 of 10 done"]
    assert lines.branches[0].blocks[0].href == "?step=lines%232/check"
    chosen, _ = drawn_run(DEFINITION, steps, "lines#1/check", ended=False)
    assert chosen.branches[0].blocks[0].current


def told(kind: str, data: dict[str, Any], values: dict[str, Any] | None = None) -> str:
    fact = Fact(1, kind, datetime(2026, 3, 2, tzinfo=UTC), "ReviewHub", data, values)
    return sentence(names_of(DEFINITION), fact).text


def test_the_story_says_which_item_and_how_many_are_left() -> None:
    joined = {"path": "lines", "of": "lines#3", "scope": SCOPE}
    assert told("step.joined", joined) == "An item of lines is done, 8 to go"
    assert told("step.joined", {**joined, "failed": True}) == "An item of lines failed, 8 to go"
    assert told("step.joined", {"path": "again", "scope": {"round": 2}}) == "Round 2 of again began"
    assert told("step.succeeded", {"path": "lines#3/check"}) == "Check no. 3 is done"


def test_the_story_says_what_became_of_an_error() -> None:
    error = {"error": {"message": "Busy."}}
    caught = "Check no. 3 could not be done: Busy; what the workflow says for that began"
    assert told("step.caught", {"path": "lines#3/check"}, error) == caught
    handled = "What the workflow says for an error of check no. 3 is done; it goes on"
    assert told("step.succeeded", {"path": "lines#3/check", "handled": True}) == handled

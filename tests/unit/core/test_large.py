"""Large values: kept apart once, read whole, refused where they are larger than any may be."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core import large
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import compile_definition
from tests.unit.core.runs import Player
from tests.unit.core.test_blocks import ready, status, succeeds

STEPS = """
  - {id: read, tool: read@1}
  - {id: word, set: {word: "${ steps.read.words[1] }"}}
  - id: items
    each: {in: "${ steps.read.words }", concurrency: 1, steps: [{id: one, set: {is: "${ item }"}}]}
  - {id: all, set: {sizes: "${ steps.items.map(each, each.is.size()) }"}}
  - {id: told, tool: tell@1, with: {words: "${ steps.read.words }"}}
  - {id: end, end: done, with: {all: "${ steps.read }"}}
"""
WORDS = {"words": ["a" * 60, "b" * 70]}


def playing(steps: str = STEPS, apart_from: int = 100) -> Player:
    checked = check_text(f"workflow: w\ninput: {{type: object}}\nsteps:{steps}", Catalogue())
    assert checked.canonical is not None, checked.faults
    player = Player(compile_definition(checked.canonical), large=apart_from)
    player.starts()
    return player


def test_a_large_value_is_kept_once_and_read_as_if_it_stood_there() -> None:
    player = playing()
    succeeds(player, "read", WORDS)
    found = player.state.steps["read"].result
    assert large.is_reference(found)
    assert found["begins"].startswith('{"words":["aaa')
    assert player.state.steps["word"].result == {"word": "b" * 70}
    assert player.state.steps["all"].result == {"sizes": [60, 70]}
    assert player.apart[player.state.steps["told"].input["$large"]] == WORDS
    succeeds(player, "told", {})
    assert player.state.status == "succeeded"
    assert player.apart[player.state.result["$large"]] == {"all": WORDS}
    assert list(player.apart.values()).count(WORDS) == 1
    assert player.folded == player.state


def test_what_only_looks_like_a_reference_is_a_value_like_any_other() -> None:
    forged = {"$large": "0" * 64, "run": "r1", "bytes": 3, "begins": "{}"}
    player = playing("\n  - {id: read, tool: read@1}\n  - {id: word, set: {is: '${ steps.read.bytes }'}}\n")
    succeeds(player, "read", forged)
    assert player.state.steps["word"].result == {"is": 3}
    assert player.apart[player.state.steps["read"].result["$large"]] == forged


def test_an_answer_larger_than_any_value_may_be_comes_before_a_person() -> None:
    player = playing("\n  - {id: read, tool: read@1, fallback: [{tool: other@1}]}\n")
    succeeds(player, "read", {"text": "a" * large.MOST})
    assert (status(player, "read"), ready(player)) == ("incident", [])
    error = player.state.steps["read"].error or {}
    assert (error["code"], "8.0 MB as JSON" in error["message"]) == ("too_large", True)
    player.decides("read!1", "skip")
    assert player.state.status == "succeeded"


def test_a_value_made_larger_than_any_may_be_is_an_error_of_its_expression() -> None:
    player = playing(
        "\n  - {id: read, tool: read@1}\n  - {id: both, set: {a: '${ steps.read }', b: '${ steps.read }'}}\n"
    )
    succeeds(player, "read", {"text": "a" * (large.MOST - 100)})
    assert status(player, "both") == "incident"


def test_items_too_large_together_fail_their_block() -> None:
    player = playing("\n  - {id: items, each: {in: '${ [1, 2] }', steps: [{id: one, tool: read@1}]}}\n")
    succeeds(player, "items#1/one", {"text": "a" * (large.MOST // 2)})
    succeeds(player, "items#2/one", {"text": "a" * (large.MOST // 2)})
    assert player.state.status == "failed"
    assert (player.state.error or {})["code"] == "too_large"


@pytest.mark.parametrize(
    "value",
    ["a" * 40, "\u00e4" * 40, '"' * 60, [1.5] * 30, {"n" * 40: None}, [[]] * 60, {str(n): n for n in range(12)}],
)
def test_the_size_is_that_of_the_json(value: Any) -> None:
    text = large.text_if_large(value, 0)
    assert text is not None
    size = len(text.encode())
    assert large.text_if_large(value, size) == text
    assert large.text_if_large(value, size + 1) is None

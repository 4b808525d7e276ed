"""Text that means harm, or means nothing: a fault with a line, soon, and never an exception."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.core.language.check import check_text
from tests.unit.language.purchase import CATALOGUE, PURCHASE

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
HOSTILE = {
    "nothing": "",
    "blank lines": "\n\n  \n",
    "a comment": "# nothing here",
    "a word": "hello",
    "a list": "- a\n- b",
    "null": "null",
    "aliases": BOMB,
    "an alias to nothing": "a: *x",
    "an alias to itself": "a: &a [*a]",
    "merged keys": "<<: {a: 1}",
    "a tab": "workflow: w\n\tsteps: []",
    "binary": "\x00\x01\x02\xff",
    "half a character": "workflow: \ud800",
    "a Python object": "!!python/object/apply:os.system [ls]",
    "two documents": "workflow: a\n---\nworkflow: b",
    "an unclosed string": 'workflow: "abc',
    "an unclosed brace": "{workflow: a",
    "brackets": "[" * 3_900,
    "more brackets": "[" * 100_000,
    "braces": "{" * 3_900,
    "quoted brackets": '["]"' * 3_900,
    "deep blocks": "\n".join(" " * depth + "a:" for depth in range(300)),
    "dashes": "- " * 20_000,
    "colons": ": " * 20_000,
    "questions": "? " * 20_000,
    "a huge word": "a" * 99_000,
    "too long": "a: b\n" * 40_000,
    "a huge number": "workflow: " + "9" * 5_000,
    "infinity": "workflow: .inf\nsteps: 1e999",
    "a key that is a list": "? [a, b]\n: c",
    "directives": "%YAML 9.9\n---\nworkflow: a",
    "everything null": "workflow:\ntitle:\ninput:\nkey:\ntriggers:\nlimits:\nsteps:",
    "everything a list": "workflow: []\ntitle: []\ninput: []\nkey: []\ntriggers: []\nlimits: []\nsteps: [[]]",
    "everything a mapping": "workflow: {}\ntitle: {}\ninput: {}\nkey: {}\ntriggers: {}\nlimits: {}\nsteps: {}",
    "steps of nothing": "workflow: w\nsteps: [null, 1, a, [], {}]",
    "kinds of nothing": "workflow: w\nsteps:\n" + "".join(
        f"  - {{id: {kind}, {kind}: {value}}}\n"
        for kind in ("tool", "ai", "review", "switch", "parallel", "each", "repeat", "set", "end", "fail")
        for value in ("null", "1", "[]", "{}", "[null]", "{a: null}")
    ),
    "a schema that loops": "workflow: w\ninput: {type: object, $ref: '#'}\nsteps: [{end: a}]",
    "a deep expression": "workflow: w\nsteps: [{id: a, set: {x: '${ " + "(" * 500 + "1" + ")" * 500 + " }'}}]",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_a_fault_with_a_line(text: str) -> None:
    began = time.process_time()
    checked = check_text(text, CATALOGUE)
    assert time.process_time() - began < 5
    errors = [fault for fault in checked.faults if fault.level == "error"]
    assert errors
    assert checked.canonical is None
    for fault in checked.faults:
        assert 1 <= fault.line <= text.count("\n") + 2
        assert fault.message


def test_a_tab_is_named() -> None:
    assert "indent with spaces" in check_text("workflow: w\n\tsteps: []", CATALOGUE).faults[0].message


def test_a_sign_that_turns_the_direction_of_text_is_named_at_its_place() -> None:
    sound, turned = check_text(PURCHASE, CATALOGUE), check_text(f"{PURCHASE}\n# \u202edne", CATALOGUE)
    (told,) = set(turned.faults) - set(sound.faults)
    assert (told.line, told.column, told.level) == (PURCHASE.count("\n") + 2, 3, "advice")
    assert "U+202E" in told.message


def test_an_alias_is_named_at_its_line() -> None:
    fault = check_text(BOMB, CATALOGUE).faults[0]
    assert (fault.line, "write it out" in fault.message) == (1, True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=200))
def test_any_text_is_checked_without_an_exception(text: str) -> None:
    checked = check_text(text, CATALOGUE)
    assert (checked.canonical is None) == any(fault.level == "error" for fault in checked.faults)


LINES = PURCHASE.splitlines(keepends=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(PURCHASE) - 1), st.integers(0, 40), st.text("{}[]:'\"$#&*!|>- \nab1", max_size=12))
def test_a_sound_text_with_any_scratch_in_it_is_checked_without_an_exception(at: int, length: int, put: str) -> None:
    checked = check_text(PURCHASE[:at] + put + PURCHASE[at + length :], CATALOGUE)
    assert (checked.canonical is None) == any(fault.level == "error" for fault in checked.faults)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(range(len(LINES))), max_size=50))
def test_lines_in_any_order_are_checked_without_an_exception(order: list[int]) -> None:
    check_text("".join(LINES[index] for index in order), CATALOGUE)

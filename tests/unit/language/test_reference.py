"""The reference in docs/language.md: its examples work, and it leaves nothing out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from orchestration.core.language import (
    bounds,
    check,
    check_clocks,
    check_review,
    check_steps,
    check_triggers,
    check_values,
    source,
)
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.cursor import NAME
from orchestration.core.language.durations import seconds_of
from orchestration.core.language.expressions import compile_value
from orchestration.core.language.reading import COMPREHENSIONS, FUNCTIONS

REFERENCE = (Path(__file__).parents[3] / "docs" / "language.md").read_text()
CONTEXT = {
    "input": {"amount": 10.0, "count": 3, "name": "ACME", "note": None, "lines": [{"sum": 4.0}, {"sum": 6.0}]},
    "steps": {"budget": {"remaining": 5.0}, "skipped": None},
}


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", REFERENCE, re.DOTALL)


@pytest.mark.parametrize("example", blocks("yaml"), ids=lambda text: text.strip().splitlines()[1].strip()[:40])
def test_every_example_is_without_fault(example: str) -> None:
    text = example if example.startswith("workflow:") else f"workflow: example\n{example}"
    assert check_text(text, Catalogue()).faults == ()


@pytest.mark.parametrize("line", blocks("results")[0].splitlines())
def test_every_expression_gives_what_the_reference_says(line: str) -> None:
    raw, _, result = line.partition("→")
    found = compile_value(raw.strip()).evaluate(CONTEXT)
    assert (found, type(found)) == (json.loads(result), type(json.loads(result)))


def test_the_faults_of_the_example_are_the_ones_that_are_said() -> None:
    text = "".join(line for line in blocks("faults")[0].splitlines(keepends=True) if not line.startswith("→"))
    said = [line.removeprefix("→ ") for line in blocks("faults")[0].splitlines() if line.startswith("→")]
    assert [f"{fault.line}: {fault.message}" for fault in check_text(text, Catalogue()).faults] == said


def test_every_name_of_the_language_is_in_the_reference() -> None:
    names = {*check.KEYS, *check_steps.OF_KIND, *check_review.KEYS, *check_review.FIELD_TYPES, *check_clocks.PRIORITIES}
    names |= {option for options in check_steps.OF_KIND.values() for option in options}
    names |= {*check_clocks.TARGETS, *check_clocks.NAMED_TARGETS, *FUNCTIONS, *COMPREHENSIONS}
    names |= {*check_triggers.LATER_TRIGGERS, *check_values.LATER_NAMES} - {"sla"}
    said = set(re.findall(r"[A-Za-z_]+", " ".join(re.findall(r"`[^`\n]+`", REFERENCE))))
    assert names <= said


def test_the_bounds_are_the_ones_that_are_held() -> None:
    for bound in (source.MAX_TEXT, bounds.MAX_BYTES, bounds.MAX_ITEMS, bounds.MAX_VALUES):
        assert f"{bound:,}" in REFERENCE
    assert f"{source.MAX_DEPTH} levels of nesting" in REFERENCE
    assert f"{bounds.MAX_PATTERNS} calls of `matches`" in REFERENCE
    assert f"more than {check_steps.MANY_STEPS} steps" in REFERENCE


def test_the_durations_in_the_reference_are_durations() -> None:
    section = REFERENCE.split("## Durations")[1].split("##")[0]
    written = re.findall(r"`([^`]+)`", section)
    assert len(written) > 8
    assert all(seconds_of(each) is not None for each in written)


@pytest.mark.parametrize("command", [line for line in blocks("console")[0].splitlines() if line])
def test_every_command_in_the_reference_is_understood(command: str) -> None:
    import shlex

    from orchestration.management.commands.workflows import Command

    words = shlex.split(command.removeprefix("$ "))
    parser = Command().create_parser(*words[:2])
    assert NAME.fullmatch(parser.parse_args(words[2:]).act)

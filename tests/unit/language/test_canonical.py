"""The canonical form: one content, one hash, whatever the writing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orchestration.core.language.canonical import canonical_json, content_hash
from orchestration.core.language.check import check_text
from tests.unit.language.purchase import CATALOGUE, PURCHASE

GOLDEN = Path(__file__).with_name("purchase.canonical.json")


def canonical_of(text: str) -> dict[str, Any]:
    checked = check_text(text, CATALOGUE)
    assert checked.canonical is not None, checked.faults
    return dict(checked.canonical)


def test_the_canonical_form_is_the_one_that_published_versions_have() -> None:
    """Stored versions are read again for years: a change of this file needs a reason and a way to read old ones."""
    assert canonical_of(PURCHASE) == json.loads(GOLDEN.read_text())


def test_comments_spacing_quotes_and_the_order_of_keys_do_not_count() -> None:
    one = "workflow: w\ntitle: T\nsteps:\n  - {id: a, set: {x: 1, y: text}}\n"
    other = "# said first\nsteps:\n- set:\n    y: 'text'\n    x:   1\n  id: a\n\ntitle: \"T\"\nworkflow: w"
    assert check_text(one, CATALOGUE).content_hash == check_text(other, CATALOGUE).content_hash


@pytest.mark.parametrize("other", ["{x: 2, y: text}", "{x: 1.0, y: text}", "{x: '1', y: text}", "{y: text}"])
def test_another_content_has_another_hash(other: str) -> None:
    text = "workflow: w\nsteps: [{id: a, set: %s}]"
    assert (
        check_text(text % "{x: 1, y: text}", CATALOGUE).content_hash != check_text(text % other, CATALOGUE).content_hash
    )


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (
            "outcomes: [approve, reject]",
            "outcomes: {approve: {label: Approve, risk: low, reason: against_ai}, reject: {label: Reject}}",
        ),
        (
            "outcomes: [a]\n      escalate: standard-chain",
            "outcomes: [a]\n      escalate: {policy: standard-chain}",
        ),
        ("outcomes: [a]\n      sla: standard-sla", "outcomes: [a]\n      sla: {policy: standard-sla}"),
        ("outcomes: [a]\n      sla: {due: 1d}", "outcomes: [a]\n      sla: {due: PT24H}"),
    ],
)
def test_a_shorthand_is_the_same_as_what_it_is_short_for(short: str, long: str) -> None:
    text = "workflow: w\nsteps:\n  - id: r\n    review:\n      assign: {queue: finance}\n      %s\n"
    assert canonical_of(text % short) == canonical_of(text % long)


def test_steps_without_an_id_get_one_that_stays() -> None:
    text = "workflow: w\nsteps:\n  - {id: end-1, set: {}}\n  - {when: '${ true }', end: a}\n  - {end: b}\n"
    assert [step["id"] for step in canonical_of(text)["steps"]] == ["end-1", "end-2", "end-3"]


def test_what_was_not_written_is_absent() -> None:
    step = canonical_of("workflow: w\nsteps: [{id: a, tool: mail.send@1}]")["steps"][0]
    assert step == {"id": "a", "kind": "tool", "tool": "mail.send", "version": 1, "with": {}}


def test_canonical_json_has_sorted_keys_and_no_spacing() -> None:
    assert canonical_json({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}'
    assert content_hash({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"

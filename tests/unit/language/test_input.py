"""Inputs and durations: numbers as the schema means them, patterns in linear time, times as people write them."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.language.coercion import coerce
from orchestration.core.language.durations import seconds_of
from orchestration.core.language.validation import input_faults


@pytest.mark.parametrize(
    ("schema", "given_", "meant"),
    [
        ({"type": "number"}, 10, 10.0),
        ({"type": "number"}, 10.5, 10.5),
        ({"type": "integer"}, 10.0, 10),
        ({"type": "integer"}, 10.5, 10.5),  # left for the validator to refuse
        ({"type": ["number", "null"]}, 1, 1.0),
        ({"type": ["integer", "number"]}, 1, 1),
        ({"type": "number"}, True, True),
        ({"type": "number"}, "10", "10"),
        ({}, 10, 10),
        ({"properties": {"a": {"type": "number"}}}, {"a": 1, "b": 1}, {"a": 1.0, "b": 1}),
        ({"additionalProperties": {"type": "number"}}, {"a": 1}, {"a": 1.0}),
        ({"items": {"type": "number"}}, [1, 2], [1.0, 2.0]),
        ({"prefixItems": [{"type": "number"}], "items": {"type": "integer"}}, [1, 2.0], [1.0, 2]),
        ({"$ref": "#/$defs/sum", "$defs": {"sum": {"type": "number"}}}, 1, 1.0),
        ({"anyOf": [{"type": "string"}, {"type": "number"}]}, 1, 1.0),
        ({"$ref": "#"}, 1, 1),
        (True, 1, 1),
    ],
)
def test_a_number_becomes_what_the_schema_says(schema: Any, given_: Any, meant: Any) -> None:
    found = coerce(given_, schema)
    assert repr(found) == repr(meant)


def test_coercing_changes_nothing_of_what_was_given() -> None:
    given_ = {"lines": [{"sum": 1}]}
    coerce(given_, {"properties": {"lines": {"items": {"properties": {"sum": {"type": "number"}}}}}})
    assert repr(given_) == "{'lines': [{'sum': 1}]}"


def test_every_fault_of_an_input_has_its_path() -> None:
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {"amount": {"type": "number"}, "code": {"pattern": "^[A-Z]+$"}, "mail": {"format": "email"}},
    }
    faults = input_faults({"amount": "much", "code": "abc", "mail": "nobody"}, schema)
    assert [fault["path"] for fault in faults] == ["/", "/amount", "/code", "/mail"]


def test_a_pattern_cannot_hold_a_worker() -> None:
    schema = {"properties": {"code": {"pattern": "^(a+)+$"}}}
    began = time.process_time()
    assert input_faults({"code": "a" * 5_000 + "b"}, schema)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30),
        ("1.5s", 1.5),
        ("90m", 5_400),
        ("8h", 28_800),
        ("10d", 864_000),
        ("2w", 1_209_600),
        ("1h30m", 5_400),
        ("P30D", 2_592_000),
        ("PT8H", 28_800),
        ("P1DT12H", 129_600),
        ("0s", 0),
        ("", None),
        ("8", None),
        ("8 hours", None),
        ("h", None),
        ("P", None),
        ("PT", None),
        ("P1DT", None),
        ("-1h", None),
        ("99999d", None),  # longer than ten years
        (30, None),
        (None, None),
    ],
)
def test_a_duration_is_read_in_seconds(written: Any, seconds: float | None) -> None:
    assert seconds_of(written) == seconds


@given(st.text(max_size=20))
def test_any_text_is_a_duration_or_none(text: str) -> None:
    found = seconds_of(text)
    assert found is None or found >= 0

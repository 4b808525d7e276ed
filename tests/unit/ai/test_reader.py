"""Reading fields by what stands beside them."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.ai.kept import FEWEST, fitted
from orchestration.ai.reader import BELOW, BESIDE, FURTHER, TWO_VALUES, FieldReader, number_in, read_fields
from orchestration.ports import KeptReading, Question, Reading

NUMBER = {"type": "number", "labels": ["sum", "sum, net of VAT"]}


@pytest.mark.parametrize(
    ("schema", "text", "value", "own", "quote"),
    [
        (NUMBER, "Sum: 1,250.50 EUR", 1250.5, BESIDE, "Sum: 1,250.50"),
        (NUMBER, "Sum, net of VAT\n18,400 EUR", 18400, BELOW, "18,400"),  # the longer label, the next line
        (NUMBER, "The sum comes to EUR 99", 99, FURTHER, "sum comes to EUR 99"),
        (NUMBER, "Sum 10\nSum 20", 10, TWO_VALUES, "Sum 10"),  # two places say different things
        (NUMBER, "Sum 10\nSum 10", 10, BESIDE, "Sum 10"),
        (NUMBER, "Summary: 10", None, None, ""),  # another word
        (NUMBER, "Sum: to be agreed", None, None, ""),
        ({"type": "integer", "labels": ["Payment"]}, "Payment within 30 days", 30, FURTHER, "Payment within 30"),
        ({"type": "integer"}, "Read 1.5", None, None, ""),
        ({"type": "string", "title": "Cost centre"}, "Cost centre LAB-310   page 1", "LAB-310", BESIDE, None),
        ({"type": "string", "format": "date", "labels": ["Due"]}, "Due 24.12.2026", "2026-12-24", BESIDE, None),
        ({"type": "string", "format": "date", "labels": ["Due"]}, "Due 2026-13-01", None, None, ""),
        ({"enum": ["EUR", "USD"], "labels": ["Currency"]}, "Currency: usd", "USD", BESIDE, "Currency: usd"),
        ({"type": "boolean", "labels": ["Insured"]}, "Insured: no", False, BESIDE, None),
    ],
)
def test_a_value_is_read_beside_or_below_its_label(
    schema: dict[str, Any], text: str, value: Any, own: float | None, quote: str | None
) -> None:
    read = read_fields({"read": schema}, {"file": {"page_1": text}})["read"]
    assert (read.value, read.own_confidence) == (value, own)
    assert quote is None or read.quote == quote
    assert not read.quote or (read.source == "file.page_1" and read.quote in text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,250", 1250),
        ("1.250", 1250),
        ("1,25", 1.25),
        ("0.250", 0.25),
        ("1.250,50", 1250.5),
        ("12 500", 12500),
        ("1,250,000", 1250000),
        ("1'250.00", 1250.0),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert number_in(text) == value


def test_where_nothing_is_found_it_abstains() -> None:
    question = Question("fields", 1, "extract", {"text": "Hello"}, "run-1", (), 5.0, {"amount": NUMBER})
    answer = FieldReader().recommend(question)
    assert (answer.outcome, answer.provenance["attempts"][0]["happened"]) == (None, "abstained")


def test_an_endless_text_is_read_in_time() -> None:
    text = "sum " * 5000 + "1" * 5000 + ",000" * 1000
    read = read_fields({"sum": NUMBER, "date": {"format": "date", "type": "string"}}, {"text": text})
    assert [(name, reading.value) for name, reading in read.items()] == [("sum", None), ("date", None)]


@pytest.mark.parametrize(
    ("kept", "own", "sample"),
    [
        ([True] * (FEWEST - 1), 0.9, None),
        ([True] * (FEWEST - 1) + [False], 0.9, FEWEST),
        ([True] * FEWEST, 0.6, None),  # readings that were as sure as this one, alone
        ([True] * 300, 0.9, 100),
    ],
)
def test_a_number_is_the_share_that_people_left_as_it_was(kept: list[bool], own: float, sample: int | None) -> None:
    history = [KeptReading("amount", 0.9, each) for each in kept]
    read = fitted({"amount": Reading(3, own)}, history)["amount"]
    assert read.sample == sample
    assert read.confidence == (None if sample is None else sum(kept[:100]) / sample)

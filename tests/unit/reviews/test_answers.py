"""What makes an answer complete, where no catalogue is needed."""

from __future__ import annotations

from typing import Any

import pytest

from reviewhub.reviews.exceptions import InvalidDecision
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services.answers import Answer, checked_answer, typed_value


def task(**fields: Any) -> ReviewTask:
    values: dict[str, Any] = {
        "outcomes": [
            {"id": "approve", "label": "Approve", "risk": "low", "reason": "against_ai"},
            {"id": "reject", "label": "Reject", "risk": "low", "reason": "always"},
            {"id": "pay", "label": "Pay at once", "risk": "high", "reason": "never"},
        ],
        "fields": [
            {"name": "amount", "label": "Amount", "value": 18400, "edit": True, "type": "number"},
            {"name": "supplier", "label": "Supplier", "value": "Northwind", "edit": False, "type": "string"},
        ],
        **fields,
    }
    return ReviewTask(**values)


def answer(outcome: str = "approve", **fields: Any) -> Answer:
    values: dict[str, Any] = {
        "fields": {},
        "reasons": (),
        "note": "",
        "ai_right_if_known": "",
        "confirmed": False,
        **fields,
    }
    return Answer(outcome, **values)


def faults(of: ReviewTask, given: Answer) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDecision) as refused:
        checked_answer(of, given)
    return [(fault["path"], fault["code"]) for fault in refused.value.faults]


def test_the_final_fields_are_all_of_them_with_the_corrections() -> None:
    checked = checked_answer(task(), answer(fields={"amount": "18250.50"}))
    assert checked.fields == {"amount": 18250.5, "supplier": "Northwind"}
    assert checked.differences == [{"field": "amount", "label": "Amount", "ai_value": 18400, "human_value": 18250.5}]


def test_a_value_that_is_sent_back_unchanged_corrects_nothing() -> None:
    checked = checked_answer(task(), answer(fields={"amount": "18400", "supplier": "Northwind"}))
    assert checked.differences == []
    assert checked.fields["amount"] == 18400


def test_all_faults_are_said_at_once() -> None:
    given = answer(
        "reject",
        fields={"amount": "plenty", "supplier": "Mallory", "iban": "X"},
        ai_right_if_known="perhaps",
    )
    assert faults(task(), given) == [
        ("/fields/amount", "type"),
        ("/fields/supplier", "fixed"),
        ("/fields/iban", "unknown"),
        ("/reasons", "missing"),
        ("/ai_right_if_known", "unknown"),
    ]


def test_an_unknown_outcome_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidDecision, match="approve, reject, pay"):
        checked_answer(task(), answer("shred"))


def test_a_high_risk_outcome_asks_for_a_deliberate_confirmation() -> None:
    assert faults(task(), answer("pay")) == [("/confirmed", "missing")]
    assert checked_answer(task(), answer("pay", confirmed=True)).is_high_risk


def test_deciding_against_the_ai_needs_a_reason() -> None:
    assert faults(task(ai_outcome="reject"), answer("approve")) == [("/reasons", "missing")]


def test_an_outcome_whose_rule_is_never_needs_no_reason_against_the_ai() -> None:
    checked = checked_answer(task(ai_outcome="reject"), answer("pay", confirmed=True))
    assert checked.against_ai


def test_agreeing_with_the_ai_needs_no_reason() -> None:
    assert not checked_answer(task(ai_outcome="approve"), answer("approve")).against_ai


@pytest.mark.parametrize(
    ("given", "wanted", "value"),
    [
        ("12.5", "number", 12.5),
        (" 1 250 ", "number", 1250.0),
        (7, "number", 7),
        ("7", "integer", 7),
        ("on", "boolean", True),
        ("", "boolean", False),
        (True, "boolean", True),
        ('{"a": [1]}', "json", {"a": [1]}),
        ([1], "json", [1]),
        ("a\r\nb", "string", "a\nb"),  # browsers send CRLF
    ],
)
def test_a_text_from_a_form_is_read_as_the_fields_type(given: Any, wanted: str, value: Any) -> None:
    assert typed_value(given, wanted) == value


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("nan", "number"),
        ("inf", "number"),
        ("1,5", "number"),  # a comma could mean a thousand
        (True, "number"),
        ("1.5", "integer"),
        ("maybe", "boolean"),
        ("{", "json"),
        (7, "string"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_words(given: Any, wanted: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        typed_value(given, wanted)

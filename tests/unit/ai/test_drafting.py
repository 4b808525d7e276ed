from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.ai.facts import flatten
from orchestration.ai.learned.drafting import Draft, draft_from

ANN = {
    "customer": {"name": "Ann Brook", "email": "ann@example.com"},
    "order": "A-1001",
    "amount": 18400,
    "plan": "Basic",
}
BEN = {"customer": {"name": "Ben Castle", "email": "ben@example.com"}, "order": "B-2", "amount": 250, "plan": "Basic"}


def made(text: str, facts: Mapping[str, Any] = ANN, *usual: str) -> Draft | None:
    return draft_from(flatten(facts), text, lambda passage: passage in usual)


def filled(text: str, facts: Mapping[str, Any] = BEN, *usual: str) -> str | None:
    draft = made(text, ANN, *usual)
    return draft.fill({fact.path: fact.value for fact in flatten(facts)}) if draft else None


def test_names_and_numbers_of_the_case_are_taken_from_the_new_one() -> None:
    assert filled("Dear Ann Brook, order A-1001 comes.") == "Dear Ben Castle, order B-2 comes."
    assert filled("Hi Ann,\nwe wrote to ann@example.com") == "Hi Ben,\nwe wrote to ben@example.com"


def test_amounts_keep_the_way_they_were_written() -> None:
    assert filled("We refund €18,400 today.") == "We refund €250 today."
    assert filled("We refund €18,400.00 today.") == "We refund €250.00 today."


def test_a_number_that_no_fact_explains_makes_the_text_unusable() -> None:
    assert made("Your parcel 99887766 is on its way.") is None
    assert made("Write to cleo@example.com instead.") is None


def test_a_number_of_the_house_is_no_obstacle() -> None:
    assert filled("Call 555 1234 any time.", BEN, "555 1234") == "Call 555 1234 any time."


def test_a_name_that_the_case_does_not_give_is_left_out_of_the_greeting() -> None:
    assert filled("Dear Annie,\nthank you.") == "Hello,\nthank you."


def test_the_name_of_whoever_signed_is_left_out() -> None:
    assert filled("Done.\n\nKind regards,\nAlice Moreau") == "Done.\n\nKind regards,"
    assert filled("Done.\n\nKind regards,\nYour shop", BEN, "Your shop") == "Done.\n\nKind regards,\nYour shop"


def test_a_text_that_speaks_of_a_fact_fits_only_cases_that_share_it() -> None:
    assert filled("The Basic plan includes it.") == "The Basic plan includes it."
    assert filled("The Basic plan includes it.", {**BEN, "plan": "Gold"}) is None


def test_a_case_without_the_fact_gets_no_text() -> None:
    assert filled("Order A-1001 comes.", {"customer": {"name": "Ben Castle"}}) is None


def test_a_draft_survives_being_stored() -> None:
    draft = made("Dear Ann, the Basic plan of order A-1001 ends.")
    assert draft is not None
    assert Draft.from_json(draft.to_json()) == draft


def test_a_fact_with_signs_of_a_pattern_is_only_a_text() -> None:
    facts = {"order": "A(1).*+[2]"}
    draft = made("About A(1).*+[2]: it comes.", facts)
    assert draft is not None
    assert draft.fill({"order": r"B\1"}) == r"About B\1: it comes."

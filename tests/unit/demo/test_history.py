"""The invented past: the same every time, in order, and with habits that can be learned."""

from __future__ import annotations

from datetime import UTC, datetime

from reviewhub.demo.history.messages import past_replies, past_topics
from reviewhub.demo.history.purchases import past_purchases

UNTIL = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_the_past_is_the_same_every_time() -> None:
    assert past_purchases(UNTIL) == past_purchases(UNTIL)
    assert past_replies(UNTIL) == past_replies(UNTIL)


def test_the_past_lies_in_the_past_and_in_order() -> None:
    for cases in (past_purchases(UNTIL), past_topics(UNTIL), past_replies(UNTIL)):
        instants = [case.decided_at for case in cases]
        assert instants == sorted(instants)
        assert instants[-1] < UNTIL


def test_every_past_case_has_a_name_of_its_own() -> None:
    references = [case.reference for case in past_purchases(UNTIL)]
    assert len(set(references)) == len(references)


def test_finance_mostly_rejected_what_was_above_the_budget() -> None:
    above = [case for case in past_purchases(UNTIL) if case.facts["request"]["amount"] > case.facts["budget_left"]]
    rejected = [case for case in above if case.outcome == "reject"]
    assert len(above) > 30
    assert len(rejected) > 0.8 * len(above)


def test_finance_mostly_approved_what_had_nothing_against_it() -> None:
    fine = [
        case
        for case in past_purchases(UNTIL)
        if case.facts["request"]["amount"] <= case.facts["budget_left"]
        and case.facts["past_orders"] > 0
        and case.facts["late_deliveries"] < 0.3
    ]
    assert len([case for case in fine if case.outcome == "approve"]) > 0.9 * len(fine)


def test_both_outcomes_occur_often_enough_to_be_learned() -> None:
    outcomes = [case.outcome for case in past_purchases(UNTIL)]
    assert min(outcomes.count("approve"), outcomes.count("reject")) > 50


def test_an_answer_speaks_to_its_customer_about_their_order() -> None:
    answered = [case for case in past_replies(UNTIL) if case.outcome == "send"]
    assert answered
    for case in answered:
        assert case.facts["name"].split()[0] in case.text


def test_thanks_need_no_answer() -> None:
    unanswered = [case for case in past_replies(UNTIL) if case.outcome == "no_reply"]
    assert unanswered
    assert all(not case.text for case in unanswered)

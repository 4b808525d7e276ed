"""What the learned recommender says about a case, in words that are true of the past cases."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.ai.facts import flatten, source_text
from orchestration.ai.learned.parameters import Parameters
from orchestration.ai.learned.recommender import LearnedRecommender
from orchestration.ai.learned.store import Learned
from orchestration.ai.learned.training import learn_outcomes
from orchestration.ports import Answer
from tests.support.past_cases import messages, purchases
from tests.support.questions import question

CASE: Mapping[str, Any] = {
    "request": {
        "request_id": "R-1",
        "requester": "ann@example.com",
        "supplier": "Halden Print",
        "amount": 18400.0,
        "cost_center": "LAB-310",
        "note": "Needed for the autumn course",
    },
    "budget": {"remaining": 14250.0},
    "history": {"orders": 12, "known": True},
}


def learned(parameters: Parameters) -> LearnedRecommender:
    version = Learned(1, 3, datetime(2026, 2, 1, tzinfo=UTC), 300, {"agreement": 0.97}, parameters, "", {})
    return LearnedRecommender(lambda _point: version)


@pytest.fixture(scope="module")
def recommender() -> LearnedRecommender:
    return learned(learn_outcomes(purchases(300)).parameters)


def with_request(**changed: Any) -> dict[str, Any]:
    case = deepcopy(dict(CASE))
    case["request"].update(changed)
    return case


def assert_quotes_occur(answer: Answer, facts: Mapping[str, Any]) -> None:
    sources = {fact.path: source_text(fact.value) for fact in flatten(facts)}
    assert answer.evidence
    for evidence in answer.evidence:
        assert evidence.quote in sources[evidence.source]


def test_the_strongest_reason_comes_first_with_what_people_did(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(CASE))
    assert answer.outcome == "reject"
    assert answer.reasons[0].startswith("Amount (18,400) exceeds budget remaining (14,250); people rejected ")
    assert answer.reasons[0].endswith("such cases")
    assert_quotes_occur(answer, CASE)


def test_a_number_is_compared_with_what_is_usual() -> None:
    cases = [
        replace(
            case,
            facts={"request": case.facts["request"]},
            outcome="reject" if case.facts["request"]["amount"] > 8000 else "approve",
        )
        for case in purchases(300)
    ]
    answer = learned(learn_outcomes(cases).parameters).recommend(question({"request": CASE["request"]}))
    assert answer.outcome == "reject"
    assert re.match(
        r"Amount: 18,400, far above what is usually approved for .+ \([\d,]+ to [\d,]+\)$", answer.reasons[0]
    )


def test_it_says_what_speaks_against_it(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(with_request(supplier="Altmark Optics", amount=2000.0)))
    assert answer.outcome == "reject"
    assert answer.reasons[0].startswith("Supplier: Altmark Optics; people rejected ")
    assert answer.reasons[-1].startswith(
        "Against it: budget remaining (14,250) exceeds amount (2,000); people approved "
    )


def test_the_smallest_change_that_turns_it_does_turn_it(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(CASE))
    assert answer.would_change.startswith("It would say Approve if amount were ")
    amount = float(
        answer.would_change.removeprefix("It would say Approve if amount were ").rstrip(".").replace(",", "")
    )
    assert recommender.recommend(question(with_request(amount=amount))).outcome == "approve"


def test_another_value_may_turn_it(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(with_request(supplier="Altmark Optics", amount=2000.0)))
    assert answer.would_change.startswith("It would say Approve if supplier were ")
    supplier = answer.would_change.removeprefix("It would say Approve if supplier were ").rstrip(".")
    assert recommender.recommend(question(with_request(supplier=supplier, amount=2000.0))).outcome == "approve"


def test_words_are_quoted_from_their_sentence() -> None:
    facts = {
        "customer": {"name": "Ann Brook"},
        "order": "A-1",
        "message": "Hello there. Please send me the INVOICE again! Bye.",
    }
    outcomes = ("delivery", "invoice", "refund")
    answer = learned(learn_outcomes(messages(150)).parameters).recommend(
        question(facts, kind="classify", outcomes=outcomes)
    )
    assert answer.outcome == "invoice"
    assert "“INVOICE”" in answer.reasons[0]
    assert answer.evidence[0].quote == "Please send me the INVOICE again!"
    assert_quotes_occur(answer, facts)


def test_a_number_is_shown_with_its_sample(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(CASE))
    assert answer.confidence is not None
    assert answer.agreed is not None
    assert answer.sample is not None
    assert answer.sample >= 20
    assert abs(answer.confidence - answer.agreed / answer.sample) <= 0.1


def test_other_outcomes_than_the_past_ones_have_no_number(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(CASE, outcomes=("reject", "refer")))
    assert answer.outcome is None
    wider = recommender.recommend(question(CASE, outcomes=("approve", "reject", "refer")))
    assert wider.outcome == "reject"


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (with_request(amount=9_000_000.0), "amount is 9,000,000, and past cases had"),
        ({"request": {"amount": 500.0}}, "facts that were learned from are missing here"),
        ({}, "facts that were learned from are missing here"),
        (with_request(note="zxcv qwer asdf poiu lkjh mnbv"), "most words of note do not occur in past cases"),
    ],
)
def test_outside_what_it_knows_it_abstains(recommender: LearnedRecommender, facts: Mapping[str, Any], why: str) -> None:
    answer = recommender.recommend(question(facts))
    assert answer.outcome is None
    assert answer.confidence is None
    assert why in answer.reasons[0]
    assert answer.reasons[0].startswith("No recommendation: ")


def test_a_supplier_never_seen_is_no_reason_to_be_silent(recommender: LearnedRecommender) -> None:
    assert recommender.recommend(question(with_request(supplier="First Timer Ltd"))).outcome == "reject"


def test_the_answer_says_where_it_comes_from(recommender: LearnedRecommender) -> None:
    provenance = recommender.recommend(question(CASE)).provenance
    assert provenance["recommender"] == "learned"
    assert provenance["learned_version"] == 3
    assert provenance["labels"] == 300
    assert provenance["attempts"][0]["happened"] == "answered"


def test_a_share_reads_in_hundredths() -> None:
    draw = random.Random(5)
    cases = []
    for case in purchases(300):
        late = round(draw.random() / 2, 2)
        facts = {"late_deliveries": late, "request": {"supplier": case.facts["request"]["supplier"]}}
        cases.append(replace(case, facts=facts, outcome="reject" if late > 0.3 else "approve"))
    recommender = learned(learn_outcomes(cases).parameters)
    answer = recommender.recommend(question({"late_deliveries": 0.44, "request": {"supplier": "Halden Print"}}))
    assert re.match(
        r"Late deliveries: 44 %, (far )?above what is usually approved.* \(\d+ to \d+ %\)$", answer.reasons[0]
    )
    assert re.match(r"It would say Approve if late deliveries were \d+(\.\d+)? %\.$", answer.would_change)
    assert answer.evidence[0].quote == "0.44"

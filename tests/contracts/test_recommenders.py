"""What every recommender keeps to, whether it is a fake, the learned one or a model over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestration.ai.facts import flatten, source_text
from orchestration.ai.learned.recommender import LearnedRecommender
from orchestration.ai.learned.store import Learned
from orchestration.ai.learned.training import learn_outcomes
from orchestration.ai.openai.calling import ModelServer
from orchestration.ai.openai.recommender import ModelRecommender, Wording
from orchestration.ports import Answer, Evidence, Question, Recommender
from tests.support.openai_server import OpenAIServer, answering
from tests.support.past_cases import purchases
from tests.support.questions import question

CASE: Mapping[str, Any] = purchases(1, seed=5)[0].facts
HOSTILE: tuple[Mapping[str, Any], ...] = (
    {},
    {"request": None},
    {"request": []},
    {"request": {"amount": 10**30, "supplier": "\x00\ud800" * 9, "note": "<script>alert(1)</script>"}},
    {"request": {"amount": "not a number", "supplier": {"deep": [[[["x"]]]]}}},
    {"a.b": {"": {" ": "x"}}, "list": list(range(5_000)), "text": "x " * 50_000},
    {**CASE, "request": {**CASE["request"], "amount": float("nan")}},
)


class FakeRecommender:
    """Approves what it knows the amount of."""

    def recommend(self, question: Question) -> Answer:
        amounts = [fact for fact in flatten(question.facts) if fact.path == "request.amount"]
        attempt = {"recommender": "fake", "happened": "answered", "said": "It answered.", "seconds": 0.0}
        provenance = {"recommender": "fake", "attempts": [attempt]}
        if not amounts or "approve" not in question.outcomes:
            return Answer(None, None, None, None, ("No recommendation: no amount.",), (), "", None, provenance)
        evidence = (Evidence("request.amount", source_text(amounts[0].value)),)
        return Answer("approve", 0.9, 90, 100, ("It has an amount",), evidence, "", None, provenance)


def learned() -> LearnedRecommender:
    trained = learn_outcomes(purchases(200))
    version = Learned(1, 1, datetime(2026, 2, 1, tzinfo=UTC), 200, trained.metrics, trained.parameters, "", {})
    return LearnedRecommender(lambda _point: version)


def over_http(server: OpenAIServer) -> ModelRecommender:
    outcomes = ({"id": "approve", "label": "Approve"}, {"id": "reject", "label": "Reject"})
    there = ModelServer("acme", server.base_url, "acme-1", "key-of-the-test")
    return ModelRecommender(
        there, Wording("Judge the purchase.", outcomes, {}), lambda *_asked: None, lambda _wait: None
    )


@pytest.fixture(params=["fake", "learned", "openai"])
def recommender(request: pytest.FixtureRequest) -> Iterator[Recommender]:
    if request.param == "fake":
        yield FakeRecommender()
    elif request.param == "learned":
        yield learned()
    else:
        quote = {"source": "request.amount", "quote": source_text(CASE["request"]["amount"])}
        with OpenAIServer(answering(evidence=[quote], reasons=["It is within the budget."])) as server:
            yield over_http(server)


def test_an_answer_is_one_of_the_outcomes_on_offer(recommender: Recommender) -> None:
    assert recommender.recommend(question(CASE)).outcome in ("approve", "reject")


def test_where_no_known_outcome_is_on_offer_it_abstains(recommender: Recommender) -> None:
    answer = recommender.recommend(question(CASE, outcomes=("later", "never")))
    assert answer.outcome is None
    assert answer.reasons[0].startswith("No recommendation: ")


def test_a_number_comes_with_its_sample_or_not_at_all(recommender: Recommender) -> None:
    answer = recommender.recommend(question(CASE))
    assert len({answer.confidence is None, answer.agreed is None, answer.sample is None}) == 1
    if answer.confidence is not None and answer.agreed is not None and answer.sample is not None:
        assert 0 < answer.confidence < 1
        assert 0 <= answer.agreed <= answer.sample


def test_it_gives_reasons_and_quotes_that_occur_in_the_case(recommender: Recommender) -> None:
    answer = recommender.recommend(question(CASE))
    sources = {fact.path: source_text(fact.value) for fact in flatten(CASE)}
    assert answer.reasons
    assert answer.evidence
    assert all(evidence.quote in sources[evidence.source] for evidence in answer.evidence)


def test_its_provenance_names_it_and_its_attempts_and_is_json(recommender: Recommender) -> None:
    provenance = json.loads(json.dumps(recommender.recommend(question(CASE)).provenance, allow_nan=False))
    assert provenance["recommender"]
    assert [set(attempt) >= {"recommender", "happened", "said", "seconds"} for attempt in provenance["attempts"]] == [
        True
    ]


def test_the_same_question_has_the_same_answer(recommender: Recommender) -> None:
    def told(answer: Answer) -> tuple[object, ...]:
        return answer.outcome, answer.confidence, answer.reasons, answer.evidence, answer.would_change

    assert told(recommender.recommend(question(CASE))) == told(recommender.recommend(question(CASE)))


@pytest.mark.parametrize("facts", HOSTILE, ids=range(len(HOSTILE)))
def test_no_case_makes_it_fail(recommender: Recommender, facts: Mapping[str, Any]) -> None:
    answer = recommender.recommend(question(facts))
    assert answer.outcome in ("approve", "reject", None)
    assert answer.reasons

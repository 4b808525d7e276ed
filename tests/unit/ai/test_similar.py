"""Texts taken from the most similar past case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestration.ai.learned.recommender import LearnedRecommender
from orchestration.ai.learned.similar import Texts
from orchestration.ai.learned.store import Learned
from orchestration.ai.learned.text_training import learn_texts
from orchestration.ai.learned.unlearnable import Unlearnable
from tests.support.past_cases import messages
from tests.support.questions import question

CASE = {"customer": {"name": "Zoe Quill"}, "order": "B-77", "message": "Where is my order B-77? It was due yesterday."}


@pytest.fixture(scope="module")
def recommender() -> LearnedRecommender:
    learned = learn_texts(messages(200))
    stored = Texts.from_json(json.loads(json.dumps(learned.texts.to_json())))
    version = Learned(1, 1, datetime(2026, 2, 1, tzinfo=UTC), 200, learned.metrics, stored, "", {})
    return LearnedRecommender(lambda _point: version)


def test_a_similar_case_lends_its_text_with_this_case_in_it(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question(CASE, kind="write", outcomes=()))
    assert answer.text == (
        "Dear Zoe,\n\nYour order B-77 is on its way and arrives within two days.\n\nKind regards,\nNorthwind Service"
    )
    assert answer.outcome == "written"
    assert answer.provenance["taken_from"].startswith("run-")
    assert answer.evidence[0].quote in CASE["message"]


def test_its_number_says_how_often_people_sent_such_a_text(recommender: LearnedRecommender) -> None:
    usual = {**CASE, "order": "A-1999", "message": "Where is my order A-1999? It was due last week."}
    answer = recommender.recommend(question(usual, kind="write", outcomes=("delivery", "refund")))
    assert answer.outcome == "delivery"
    assert answer.sample is not None
    assert answer.agreed == answer.sample  # the made-up texts never differ within a topic


def test_nothing_similar_gives_no_text(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(
        question({**CASE, "message": "Your shop window is lovely"}, kind="write", outcomes=())
    )
    assert (answer.outcome, answer.text) == (None, None)
    assert "similar enough" in answer.reasons[0]


def test_where_people_sent_nothing_in_such_cases_nothing_is_drafted() -> None:
    thanks = [
        replace(
            case,
            case_id=f"t{case.case_id}",
            facts={**case.facts, "message": "Thank you, lovely lamp"},
            outcome="close",
            text=None,
        )
        for case in messages(30, seed=8)
    ]
    learned = learn_texts([*messages(60), *thanks])
    version = Learned(1, 1, datetime(2026, 2, 1, tzinfo=UTC), 90, learned.metrics, learned.texts, "", {})
    facts = {**CASE, "message": "Many thanks, what a lovely lamp"}
    recommender = LearnedRecommender(lambda _point: version)
    answer = recommender.recommend(question(facts, kind="write", outcomes=("delivery", "close")))
    assert (answer.outcome, answer.text) == ("close", None)
    assert answer.reasons[0].startswith("People sent no text in the most similar past case")
    assert recommender.recommend(question(facts, kind="write", outcomes=())).outcome is None


def test_a_text_that_is_not_known_is_not_taken_for_none() -> None:
    cases = [replace(case, text=None) if place % 5 == 0 else case for place, case in enumerate(messages(100))]
    assert learn_texts(cases).metrics["labels"] == 80


def test_a_case_that_lacks_what_the_text_needs_gets_no_text(recommender: LearnedRecommender) -> None:
    answer = recommender.recommend(question({"message": CASE["message"]}, kind="write", outcomes=()))
    assert answer.text is None


def test_no_name_of_a_past_customer_is_kept_with_a_text() -> None:
    stored = json.dumps(learn_texts(messages(60)).texts.to_json()["past"])
    assert "Ann" not in stored
    assert "A-10" not in stored


def test_too_few_texts_teach_nothing() -> None:
    with pytest.raises(Unlearnable, match="only 9 past texts"):
        learn_texts(messages(9))


def test_texts_full_of_unexplained_numbers_teach_nothing() -> None:
    cases = [replace(case, text=f"Parcel {number * 7919}: done") for number, case in enumerate(messages(30), 1000)]
    with pytest.raises(Unlearnable, match="can be used for another case"):
        learn_texts(cases)

"""What is learned from past decisions, and how well. Training imports scikit-learn, serving does not."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from orchestration.ai.facts import flatten
from orchestration.ai.learned.parameters import Parameters, from_json, shares, to_json
from orchestration.ai.learned.training import learn_outcomes
from orchestration.ai.learned.unlearnable import Unlearnable
from tests.support.past_cases import START, messages, purchases


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return learn_outcomes(purchases(300)).parameters


def said(parameters: Parameters, facts: object) -> tuple[str, float]:
    assert isinstance(facts, dict)
    found = shares(parameters.scores(parameters.space.vector(flatten(facts))))
    best = max(range(len(found)), key=found.__getitem__)
    return parameters.outcomes[best], found[best]


def test_it_finds_the_rule_that_people_follow(parameters: Parameters) -> None:
    unseen = purchases(300, seed=9, noise=0.0)
    right = sum(said(parameters, case.facts)[0] == case.outcome for case in unseen)
    assert right / len(unseen) > 0.95


def test_the_numbers_that_are_shown_hold_on_cases_it_has_not_seen() -> None:
    learned = learn_outcomes(purchases(600, noise=0.15)).parameters
    stated, agreed, count = 0.0, 0, 0
    for case in purchases(600, seed=9, noise=0.15):
        outcome, score = said(learned, case.facts)
        measured = learned.calibration.measured(outcome, score)
        assert measured is not None
        assert measured.sample >= 20
        stated, agreed, count = stated + measured.confidence, agreed + (outcome == case.outcome), count + 1
    assert abs(stated / count - agreed / count) < 0.03


def test_the_same_cases_always_give_the_same_numbers(parameters: Parameters) -> None:
    shuffled = purchases(300)
    random.Random(4).shuffle(shuffled)
    assert to_json(learn_outcomes(shuffled).parameters) == to_json(parameters)


def test_what_was_learned_survives_being_stored(parameters: Parameters) -> None:
    stored = from_json(json.loads(json.dumps(to_json(parameters))))
    facts = purchases(1, seed=11)[0].facts
    assert said(stored, facts) == said(parameters, facts)
    assert stored.customs == from_json(json.loads(json.dumps(to_json(stored)))).customs


def test_who_asked_is_not_learned_from(parameters: Parameters) -> None:
    space = parameters.space
    used = {spec.path for spec in space.numbers} | {spec.path for spec in space.categories} | set(space.texts)
    assert {"request.amount", "budget.remaining", "request.supplier", "request.note"} <= used | set(space.texts)
    assert not used & {"request.requester", "request.request_id"}


def test_names_in_texts_are_not_learned_either() -> None:
    signed = [
        replace(
            case,
            facts={
                "name": case.facts["customer"]["name"],
                "text": f"{case.facts['message']}\n\n{case.facts['customer']['name']}",
            },
        )
        for case in messages(150)
    ]
    terms = " ".join(learn_outcomes(signed).parameters.space.vocabulary.index).split()
    assert "refund" in terms
    assert not {"ann", "brook", "cleo", "dunn"} & set(terms)


def test_a_fact_that_only_repeats_another_is_taken_once() -> None:
    repeated = [
        replace(case, facts={**case.facts, "history": {"name": case.facts["request"]["supplier"]}})
        for case in purchases(100)
    ]
    paths = [spec.path for spec in learn_outcomes(repeated).parameters.space.categories]
    assert "request.supplier" in paths
    assert "history.name" not in paths


def test_cases_that_must_not_train_are_left_out() -> None:
    cases = purchases(120)
    lies = [replace(case, case_id=f"x{case.case_id}", outcome="reject", trains=False) for case in cases]
    assert learn_outcomes([*cases, *lies]).metrics["labels"] == 120


@pytest.mark.parametrize(
    ("count", "outcomes", "why"),
    [
        (20, None, "only 20 past decisions to learn from; 40 are needed"),
        (0, None, "only 0 past decisions to learn from; 40 are needed"),
        (60, ("approve",), "people have chosen only “approve” so far"),
    ],
)
def test_too_little_teaches_nothing_and_it_says_so(count: int, outcomes: tuple[str] | None, why: str) -> None:
    cases = purchases(count) if outcomes is None else [replace(case, outcome=outcomes[0]) for case in purchases(count)]
    with pytest.raises(Unlearnable, match=why):
        learn_outcomes(cases)


def test_a_coin_teaches_nothing() -> None:
    draw = random.Random(3)
    cases = [replace(case, outcome=draw.choice(("approve", "reject"))) for case in purchases(200)]
    with pytest.raises(Unlearnable, match="no pattern"):
        learn_outcomes(cases)


def test_cases_without_facts_teach_nothing() -> None:
    with pytest.raises(Unlearnable, match="no facts"):
        learn_outcomes([replace(case, facts={}) for case in purchases(100)])


def test_an_outcome_that_hardly_ever_came_is_left_out_and_named() -> None:
    cases = purchases(120)
    cases[0] = replace(cases[0], outcome="refer")
    trained = learn_outcomes(cases)
    assert trained.parameters.outcomes == ("approve", "reject")
    assert trained.metrics["left_out"] == {"refer": 1}


def test_only_the_latest_cases_count_when_there_are_very_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.ai.learned.training.MOST_LABELS", 100)
    old = [replace(case, outcome="refer", decided_at=START - timedelta(days=9)) for case in purchases(80, seed=5)]
    trained = learn_outcomes([*old, *purchases(100)])
    assert trained.metrics["labels"] == 100
    assert "refer" not in trained.parameters.outcomes


def test_messages_are_sorted_by_their_words() -> None:
    learned = learn_outcomes(messages(150)).parameters
    assert said(learned, {"message": "Please send the invoice once more"})[0] == "invoice"
    assert said(learned, {"message": "my refund for what I sent back"})[0] == "refund"

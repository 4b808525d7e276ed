"""People's decisions as something to learn from."""

from __future__ import annotations

from datetime import timedelta

from orchestration import api
from orchestration.ports import LabelledCase
from reviewhub.reviews.labels import DecisionLabels
from reviewhub.reviews.services import PastCase, decide_task, import_past_decisions, take_back_decision
from tests.support.bench import NOON, OSCAR
from tests.support.desk import Desk


def labels() -> list[LabelledCase]:
    return list(DecisionLabels().labels("assessment"))


def test_a_decision_that_counts_is_a_label_with_the_facts_that_were_asked_about(desk: Desk) -> None:
    task = desk.task(amount=500, supplier="Northwind")
    decision = decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    assert labels() == [], "it can still be taken back"
    desk.close(task)
    facts = {"supplier": "Northwind", "amount": 500.0}
    assert desk.bench.recommender.asked[0].facts == facts
    received = decision.received_at
    assert labels() == [LabelledCase(str(task.run_id), facts, "approve", None, received, trains=True)]


def test_a_decision_that_was_taken_back_is_none(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    take_back_decision(task_id=task.pk, actor=desk.people.alice)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["policy"])
    desk.close(task)
    assert [label.outcome for label in labels()] == ["reject"]


def test_what_nobody_answered_is_none(desk: Desk) -> None:
    task = desk.task()
    desk.bench.clock.forward(hours=241)
    desk.bench.sweep()
    task.refresh_from_db()
    assert task.status == "closed"
    assert labels() == []


def test_exceptions_are_told_and_never_train(desk: Desk) -> None:
    for reason in ("policy/approved_exception", "policy/rule_outdated"):
        task = desk.task()
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=[reason])
        desk.close(task)
    assert [label.trains for label in labels()] == [False, True]
    assert DecisionLabels().count("assessment") == 1


def test_past_decisions_come_first_and_importing_twice_is_harmless(desk: Desk) -> None:
    cases = [
        PastCase(f"R-{number}", {"amount": number}, "approve", NOON - timedelta(days=number)) for number in (1, 2, 3)
    ]
    added = [import_past_decisions(decision_point="assessment", cases=cases, actor=OSCAR) for _ in range(2)]
    assert added == [3, 0]
    assert [label.case_id for label in labels()] == ["past:R-3", "past:R-2", "past:R-1"]
    assert DecisionLabels().count("assessment") == 3
    [entry] = api.chain_entries("decision_point:assessment")
    assert (entry.kind, entry.data, entry.actor) == ("past_decisions.imported", {"cases": 3}, OSCAR)


def test_another_question_has_labels_of_its_own(desk: Desk) -> None:
    task = desk.task()
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.close(task)
    assert list(DecisionLabels().labels("routing")) == []


def test_labels_of_many_decisions_are_read_in_two_queries(desk: Desk, django_assert_num_queries: object) -> None:
    for _ in range(3):
        task = desk.task()
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
        desk.close(task)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(labels()) == 3

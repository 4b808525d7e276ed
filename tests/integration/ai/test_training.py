"""Learning from stored decisions, in a process of its own, one at a time."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from orchestration.ai import recommend, retrain_due, retrain_where_due, train_in_own_process
from orchestration.ai.learned import schedule
from orchestration.ai.learned.process import end_trainings
from orchestration.ai.learned.schedule import ABANDONED, claimed
from orchestration.ai.learned.train import train
from orchestration.models import DecisionPoint, LearnedModel
from orchestration.ports import clock
from tests.support.decision_points import decided, decision_point, environment_of_this_database
from tests.support.past_cases import TOPICS, messages, purchases
from tests.support.questions import question

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes work on this test's database."""
    for name, value in environment_of_this_database().items():
        monkeypatch.setenv(name, value)


@pytest.mark.django_db(transaction=True)
def test_a_process_of_its_own_learns_and_this_one_answers(here: None) -> None:
    point = decision_point()
    decided(point, purchases(200))
    assert train_in_own_process(point.name).wait(60) == 0
    learned = LearnedModel.objects.get(point=point)
    assert (learned.number, learned.labels, learned.current) == (1, 200, True)
    assert learned.metrics["agreement"] > 0.9
    case = purchases(1, seed=9, noise=0.0)[0]
    answer = recommend(question(case.facts))
    assert answer.outcome == case.outcome
    assert answer.provenance["learned_version"] == 1
    assert DecisionPoint.objects.get().training_since is None


@pytest.mark.django_db(transaction=True)
def test_serving_never_loads_what_training_takes(here: None) -> None:
    point = decision_point()
    decided(point, purchases(200))
    train(point)
    program = """
import sys, django
django.setup()
from orchestration import api, ports
from tests.support.past_cases import purchases
from tests.support.questions import question
answer = ports.recommender().recommend(question(purchases(1, seed=9)[0].facts))
assert answer.outcome, answer
heavy = {"sklearn", "numpy", "scipy", "joblib", "openai"} & {name.partition(".")[0] for name in sys.modules}
assert not heavy, heavy
print("served")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "served\n", done.stderr


@pytest.mark.django_db
def test_texts_are_learned_where_the_question_is_to_write() -> None:
    point = decision_point("message-reply", "write", outcomes=())
    decided(point, messages(60))
    train(point)
    message = "Where is my order A-1999? It was due last week."
    facts = {"customer": {"name": "Zoe Quill"}, "order": "A-1999", "message": message}
    answer = recommend(question(facts, kind="write", outcomes=(), point="message-reply"))
    assert answer.text is not None
    assert answer.text.startswith("Dear Zoe,\n\nYour order A-1999 is on its way")


@pytest.mark.django_db
def test_every_training_makes_a_new_version_and_the_latest_is_in_force() -> None:
    point = decision_point()
    decided(point, purchases(100))
    train(point)
    decided(point, purchases(200))
    train(point)
    assert list(LearnedModel.objects.values_list("number", "labels", "current")) == [(2, 200, True), (1, 100, False)]
    assert recommend(question(purchases(1, seed=9)[0].facts)).provenance["learned_version"] == 2


@pytest.mark.django_db
def test_old_versions_keep_their_metrics_without_their_numbers() -> None:
    point = decision_point()
    decided(point, purchases(60))
    for _ in range(4):
        train(point)
    oldest = LearnedModel.objects.get(number=1)
    assert bytes(oldest.parameters) == b""
    assert oldest.metrics["labels"] == 60


@pytest.mark.django_db
def test_too_few_labels_make_a_version_that_abstains_and_says_why() -> None:
    point = decision_point()
    decided(point, purchases(12))
    train(point)
    answer = recommend(question(purchases(1, seed=9)[0].facts))
    assert answer.outcome is None
    assert answer.reasons == ("No recommendation: only 12 past decisions to learn from; 40 are needed.",)


@pytest.mark.django_db
def test_decisions_that_must_not_train_do_not() -> None:
    point = decision_point()
    decided(point, purchases(60))
    decided(point, [replace(case, trains=False) for case in purchases(120)[60:]])
    learned = train(point)
    assert learned is not None
    assert learned.labels == 60


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "new", "due"),
    [(100, 9, False), (100, 10, True), (400, 24, False), (400, 25, True), (40, 4, False), (40, 5, True)],
)
def test_it_is_learned_again_after_a_tenth_more_or_twenty_five_new(before: int, new: int, due: bool) -> None:
    point = decision_point()
    LearnedModel.objects.create(
        point=point,
        number=1,
        parameters=b"",
        labels=before,
        metrics={"counted": before},
        trained_at=clock().process_now(),
        current=True,
    )
    decided(point, purchases(before + new))
    assert retrain_due(point.name) is due


@pytest.mark.django_db
def test_a_first_training_is_due_once_there_are_enough_labels() -> None:
    point = decision_point()
    decided(point, purchases(39))
    assert not retrain_due(point.name)
    decided(point, purchases(40))
    assert retrain_due(point.name)
    assert not retrain_due("no-such-point")


@pytest.mark.django_db
def test_what_could_not_be_learned_is_not_tried_again_at_once() -> None:
    point = decision_point()
    decided(point, [replace(case, outcome="approve") for case in purchases(60)])
    train(point)
    assert not retrain_due(point.name)


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_s_chore_starts_one_training_and_does_not_wait(here: None) -> None:
    point = decision_point()
    decided(point, purchases(80))
    assert retrain_where_due() == point.name
    wait_for_a_version(point)
    assert retrain_where_due() is None


def wait_for_a_version(point: DecisionPoint) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        training = DecisionPoint.objects.filter(training_since__isnull=False)
        if LearnedModel.objects.filter(point=point).exists() and not training:
            return
        time.sleep(0.1)
    raise AssertionError("No version was learned.")


@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_takes_its_trainings_with_it(here: None) -> None:
    point = decision_point()
    decided(point, purchases(80))
    training = train_in_own_process(point.name)
    end_trainings()
    assert training.wait(20) == -signal.SIGTERM


@pytest.mark.django_db
def test_nothing_is_started_while_another_process_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(schedule, "train_in_own_process", started.append)
    point = decision_point()
    decided(point, purchases(80))
    DecisionPoint.objects.update(training_since=clock().system_now())
    assert retrain_where_due() is None
    assert train(point) is None
    DecisionPoint.objects.update(training_since=clock().system_now() - ABANDONED - timedelta(seconds=1))
    assert retrain_where_due() == point.name
    assert started == [point.name]


def runs_out_of_memory(*_given: object) -> None:
    raise MemoryError


@pytest.mark.django_db
def test_a_training_that_fails_keeps_its_claim_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    point = decision_point()
    monkeypatch.setattr("orchestration.ai.learned.train._learned", runs_out_of_memory)
    with pytest.raises(MemoryError):
        train(point)
    with claimed(point.name) as won:
        assert not won


@pytest.mark.django_db
def test_the_command_says_what_was_learned() -> None:
    point = decision_point()
    decided(point, purchases(100))
    decision_point("message-topic", "classify", outcomes=({"id": topic, "label": topic} for topic in TOPICS))
    out = io.StringIO()
    call_command("recommenders", "list", stdout=out)
    call_command("recommenders", "train", "--decision-point", point.name, stdout=out)
    call_command("recommenders", "train", "--decision-point", "message-topic", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[1] == "purchase-assessment: nothing learned yet"
    assert lines[2].startswith("purchase-assessment: version 1, 100 labels; out of sample it agrees with people in ")
    assert (
        lines[3] == "message-topic: version 1, 0 labels; abstains: only 0 past decisions to learn from; 40 are needed"
    )
    with pytest.raises(CommandError, match="no decision point named 'none-such'"):
        call_command("recommenders", "train", "--decision-point", "none-such")

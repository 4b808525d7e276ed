"""Several people, and a timer, at the same instant. Real threads over a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from orchestration import api
from orchestration.models import Timer
from orchestration.runtime import advance
from reviewhub.reviews.exceptions import TaskMoved, TaskTaken
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, decide_task
from tests.support.desk import Desk
from tests.support.desk import desk as real_desk

pytestmark = pytest.mark.postgres

ROUNDS = 5


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    with real_desk() as made:
        yield made


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act gave or raised, all of them started at the same barrier."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return act()
        except Exception as error:  # noqa: BLE001 - what is raised is the answer
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def kinds_of(answers: list[Any]) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


def test_two_deciders_at_once_make_one_decision(desk: Desk) -> None:
    for _ in range(ROUNDS):
        task = desk.task()
        answers = at_once(
            partial(decide_task, task_id=task.pk, actor=desk.people.alice, outcome="approve"),
            partial(decide_task, task_id=task.pk, actor=desk.people.carol, outcome="reject", reasons=["policy"]),
        )
        assert kinds_of(answers) == ["Decision", "TaskMoved"]
        assert task.decisions.count() == 1
        assert desk.kinds(task).count("review.decided") == 1


def test_the_same_decision_sent_from_two_tabs_at_once_counts_once(desk: Desk) -> None:
    for _ in range(ROUNDS):
        task = desk.task()

        def send(task: ReviewTask = task) -> Decision:
            return decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve", idempotency_key="k")

        first, second = at_once(send, send)
        assert first == second
        assert task.decisions.count() == 1


def test_two_claims_at_once_have_one_holder(desk: Desk) -> None:
    for _ in range(ROUNDS):
        task = desk.task()
        answers = at_once(
            partial(claim_task, task_id=task.pk, actor=desk.people.alice),
            partial(claim_task, task_id=task.pk, actor=desk.people.carol),
        )
        assert kinds_of(answers) == ["ReviewTask", "TaskTaken"]
        task.refresh_from_db()
        [refused] = [answer for answer in answers if isinstance(answer, TaskTaken)]
        assert task.claimed_by is not None
        assert refused.details["by"] == task.claimed_by.display_name


def test_a_decision_received_before_the_last_moment_wins_over_its_timer(desk: Desk) -> None:
    """The timer is due now and a decision arrives now: whichever comes first, one of them counts, and all agree."""
    seen = set()
    for _ in range(ROUNDS):
        task = desk.task()
        timer = Timer.objects.get(run_id=task.run_id, name=f"{task.key}:unanswered")
        desk.bench.clock.process = timer.due_at
        decided, _ = at_once(
            partial(decide_task, task_id=task.pk, actor=desk.people.alice, outcome="approve"),
            partial(advance.fire, task.run_id, timer.name, timer.generation),
        )
        task.refresh_from_db()
        if isinstance(decided, Decision):
            assert (task.status, task.outcome, task.unanswered) == ("decided", "approve", False)
        else:
            assert isinstance(decided, TaskMoved)
            assert (task.status, task.outcome, task.unanswered) == ("closed", "reject", True)
        seen.add(task.status)
        assert api.folded(task.run_id) == api.run_state(task.run_id)
    assert seen <= {"decided", "closed"}
    assert api.verify_audit().ok


def test_a_claim_and_an_escalation_at_once_do_not_block_each_other(desk: Desk) -> None:
    """Both lock the run, then the task; in another order this would be a deadlock."""
    for _ in range(ROUNDS):
        task = desk.task()
        timer = Timer.objects.get(run_id=task.run_id, name=f"{task.key}:level.0")
        desk.bench.clock.process = timer.due_at
        answers = at_once(
            partial(claim_task, task_id=task.pk, actor=desk.people.alice),
            partial(advance.fire, task.run_id, timer.name, timer.generation),
        )
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        task.refresh_from_db()
        assert task.claimed_by == desk.people.alice
        assert task.level == 1

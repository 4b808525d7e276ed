"""Several tasks decided in one act: a record each, and never what needs a closer look."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from orchestration import api
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, decide_together
from reviewhub.reviews.services.together import MOST
from tests.support.desk import Desk


def versions(*tasks: ReviewTask) -> dict[UUID, int]:
    return {task.pk: task.version for task in tasks}


def test_each_task_gets_a_decision_a_record_and_an_undo_of_its_own(desk: Desk) -> None:
    tasks = [desk.task(), desk.task(), desk.task()]
    decided, held_back = decide_together(versions=versions(*tasks), actor=desk.people.alice, outcome="approve")
    assert not held_back
    assert [decision.task_id for decision in decided] == [task.pk for task in tasks]
    assert all(decision.undo_until for decision in decided)
    for task in tasks:
        (entry,) = [entry for entry in api.timeline(task.run_id) if entry.kind == "desk.decided"]
        assert entry.data["together"] == 3


def test_a_high_risk_is_never_taken_along(desk: Desk) -> None:
    low, high = desk.task(), desk.task(amount=50_000)
    decided, (held,) = decide_together(versions=versions(low, high), actor=desk.people.alice, outcome="approve")
    assert [decision.task_id for decision in decided] == [low.pk]
    assert (held.task_id, held.why) == (high.pk, "A high risk is decided by itself.")
    assert not Decision.objects.filter(task=high).exists()


def test_what_goes_against_the_ai_needs_its_reason_here_too(desk: Desk) -> None:
    task = desk.task()
    decided, (held,) = decide_together(versions=versions(task), actor=desk.people.alice, outcome="reject")
    assert not decided
    assert "say why" in held.why
    decided, held_back = decide_together(
        versions=versions(task), actor=desk.people.alice, outcome="reject", reasons=["policy"]
    )
    assert (len(decided), held_back) == (1, [])


def test_what_has_moved_on_is_held_back_and_named(desk: Desk) -> None:
    taken, changed, free = desk.task(), desk.task(), desk.task()
    shown = versions(taken, changed, free)
    claim_task(task_id=taken.pk, actor=desk.people.carol)
    ReviewTask.objects.filter(pk=changed.pk).update(version=7)
    decided, held_back = decide_together(versions=shown, actor=desk.people.alice, outcome="approve")
    assert [decision.task_id for decision in decided] == [free.pk]
    assert {held.task_id for held in held_back} == {taken.pk, changed.pk}
    assert any("Carol Nyström has claimed it" in held.why for held in held_back)


def test_nobody_decides_their_own_request_or_somebody_elses_queue_along_with_others(desk: Desk) -> None:
    own, other = desk.task(requester="alice@example.com"), desk.task()
    decided, (held,) = decide_together(versions=versions(own, other), actor=desk.people.alice, outcome="approve")
    assert [decision.task_id for decision in decided] == [other.pk]
    assert "nobody decides their own request" in held.why
    task = desk.task()
    assert decide_together(versions=versions(task), actor=desk.people.mallory, outcome="approve")[0] == []


def test_there_is_an_end_to_how_many(desk: Desk) -> None:
    with pytest.raises(InvalidRequest, match="at most 100"):
        decide_together(versions={uuid4(): 1 for _ in range(MOST + 1)}, actor=desk.people.alice, outcome="approve")


def test_the_same_key_sent_again_answers_with_the_same_decisions(desk: Desk) -> None:
    tasks = [desk.task(), desk.task()]
    sent: dict[str, Any] = {
        "versions": versions(*tasks),
        "actor": desk.people.alice,
        "outcome": "approve",
        "idempotency_key": "k-1",
    }
    first, _ = decide_together(**sent)
    again, held_back = decide_together(**sent)
    assert (again, held_back) == (first, [])
    assert Decision.objects.count() == len(tasks)


def test_what_somebody_may_not_see_is_not_named_either(desk: Desk) -> None:
    task = desk.task()
    assert decide_together(versions=versions(task), actor=desk.people.mallory, outcome="approve") == ([], [])

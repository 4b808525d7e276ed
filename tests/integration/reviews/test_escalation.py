"""A task that nobody decides: who hears of it, when, and who may decide it then."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestration.exceptions import InvalidWorkflow
from orchestration.runtime import sweeper
from reviewhub.accounts.models import Absence, PeopleGroup
from reviewhub.accounts.permissions import allows
from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import TaskMoved
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import future_of, history_of
from reviewhub.reviews.services import claim_task, decide_task, take_back_decision
from tests.support.bench import NOON
from tests.support.desk import PURCHASE, Desk

HOUR = timedelta(hours=1)


def wait(desk: Desk, task: ReviewTask, hours: float) -> ReviewTask:
    desk.bench.clock.forward(hours=hours)
    desk.bench.sweep()
    task.refresh_from_db()
    return task


def asked(task: ReviewTask) -> list[tuple[str, str, int]]:
    rows = task.assignments.filter(ended_at__isnull=True).order_by("level")
    return list(rows.values_list("person__username", "role", "level"))


def test_a_neglected_critical_task_reaches_backup_manager_and_owner(desk: Desk) -> None:
    task = desk.task(amount=50_000)
    assert not allows(desk.people.bob, "task.decide", task)
    wait(desk, task, 24)
    assert (asked(task), task.stage, task.level) == ([("bob", "backup", 1)], "breach", 1)
    assert allows(desk.people.bob, "task.decide", task)
    wait(desk, task, 24)
    wait(desk, task, 24)
    assert asked(task) == [("bob", "backup", 1), ("carol", "manager", 2), ("oscar", "owner", 3)]
    assert (task.priority, task.status) == ("urgent", "open")
    told = set(Notice.objects.filter(task=task, kind="asked").values_list("person__username", flat=True))
    assert told == {"bob", "carol", "oscar"}


def test_a_calm_task_never_reaches_the_owner(desk: Desk) -> None:
    task = wait(desk, desk.task(amount=500), 100)
    assert [name for name, _, _ in asked(task)] == ["bob", "carol"]


def test_the_manager_is_the_first_assignees_and_the_queues_where_nobody_has_claimed(desk: Desk) -> None:
    desk.people.finance.manager = desk.people.oscar
    desk.people.finance.save()
    claimed, untouched = desk.task(), desk.task()
    claim_task(task_id=claimed.pk, actor=desk.people.alice)
    desk.bench.clock.forward(hours=49)
    desk.bench.sweep()
    assert ("carol", "manager", 2) in asked(claimed)
    assert ("oscar", "manager", 2) in asked(untouched)


def test_whoever_a_level_reached_stays_on_record_although_people_change(desk: Desk) -> None:
    task = wait(desk, desk.task(), 24)
    desk.people.finance.backup = desk.people.mallory
    desk.people.finance.save()
    reached = next(entry for entry in future_of(task) if entry.kind == "level")
    assert (reached.reached, reached.people) == (True, ("Bob Tan",))


def test_the_backup_who_is_away_is_passed_over(desk: Desk) -> None:
    away = {"starts_at": NOON, "ends_at": NOON + 200 * HOUR, "delegate": desk.people.mallory}
    Absence.objects.create(person=desk.people.bob, **away)
    assert asked(wait(desk, desk.task(), 24)) == [("mallory", "backup", 1)]


def test_a_backup_who_asked_for_it_is_passed_over_for_their_manager(desk: Desk) -> None:
    assert asked(wait(desk, desk.task(requester="bob@example.com"), 24)) == [("carol", "backup", 1)]


def test_an_escalated_task_can_be_decided_by_whom_it_reached(desk: Desk) -> None:
    task = wait(desk, desk.task(), 24)
    decide_task(task_id=task.pk, actor=desk.people.bob, outcome="approve")
    desk.close(task)
    assert (task.status, asked(task)) == ("closed", [])


def test_a_decision_stops_the_clock_and_taking_it_back_starts_it_again(desk: Desk) -> None:
    """Process time runs fast here: two of its hours pass within the undo window."""
    task = wait(desk, desk.task(), 23)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.bench.clock.process += 2 * HOUR
    sweeper.fire_timers()
    assert asked(task) == []
    take_back_decision(task_id=task.pk, actor=desk.people.alice)
    sweeper.fire_timers()
    assert ("bob", "backup", 1) in asked(task)


def test_nobodys_answer_in_time_is_the_stated_outcome(desk: Desk) -> None:
    task = wait(desk, desk.task(), 241)
    assert (task.status, task.outcome, task.unanswered) == ("closed", "reject", True)
    assert desk.run(task).outcome == "rejected"
    with pytest.raises(TaskMoved, match="nobody answered in time"):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")


def test_a_decision_after_the_last_moment_comes_too_late_although_no_timer_has_fired_yet(desk: Desk) -> None:
    task = desk.task()
    desk.bench.clock.forward(hours=241)
    with pytest.raises(TaskMoved):
        decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    desk.bench.sweep()
    task.refresh_from_db()
    assert (task.status, task.outcome) == ("closed", "reject")


def test_the_history_tells_it_in_sentences(desk: Desk) -> None:
    task = desk.task()
    claim_task(task_id=task.pk, actor=desk.people.alice)
    wait(desk, task, 24)
    decide_task(task_id=task.pk, actor=desk.people.bob, outcome="reject", reasons=["policy"], note="Too dear.")
    desk.close(task)
    assert [(entry.who, entry.says, entry.text) for entry in history_of(task)] == [
        ("ReviewHub", "The decision counts, and the run went on", ""),
        ("Bob Tan", "Bob Tan decided “Reject” against the AI’s “Approve” (Policy)", "Too dear."),
        ("ReviewHub", "Level 1 reached Bob Tan", ""),
        ("ReviewHub", "The time is over", ""),
        ("ReviewHub", "Three quarters of the time are gone", ""),
        ("ReviewHub", "Half of the time is gone", ""),
        ("Alice Moreau", "Alice Moreau claimed it", ""),
        ("ReviewHub", "Put before Finance", ""),
    ]


def test_a_group_is_asked_past_those_who_are_away_and_never_the_requester(desk: Desk) -> None:
    people = desk.people
    board = PeopleGroup.objects.create(name="board", title="The board")
    for person in (people.bob, people.oscar, people.mallory):
        board.memberships.create(person=person)
    Absence.objects.create(person=people.bob, starts_at=NOON, ends_at=NOON + 200 * HOUR, delegate=people.carol)
    desk.bench.publish(PURCHASE.replace("to: {backup_of: queue}", "to: {group: board}, priority: high"))
    task = wait(desk, desk.task(requester="mallory@example.com"), 24)
    assert [(name, level) for name, _, level in asked(task)] == [("carol", 1), ("oscar", 1)]
    assert task.priority == "high"


def test_a_workflow_names_groups_that_there_are(desk: Desk) -> None:
    with pytest.raises(InvalidWorkflow, match=r"no group of people .nobody."):
        desk.bench.publish(PURCHASE.replace("to: {backup_of: queue}", "to: {group: nobody}"))

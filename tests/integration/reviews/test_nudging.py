"""Reminding whoever has a task: who may, whom it reaches, and how often."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import PermissionDenied, allows
from reviewhub.notifications.models import Notice
from reviewhub.reviews.exceptions import NudgedAlready, TaskMoved
from reviewhub.reviews.models import Nudge, ReviewTask
from reviewhub.reviews.selectors import history_of, task_detail
from reviewhub.reviews.services import (
    ask_for_information,
    claim_task,
    decide_task,
    delegate_task,
    nudge_assignee,
    nudge_together,
    snooze_task,
)
from tests.support.cast import person
from tests.support.desk import Desk


def told() -> list[tuple[str, str]]:
    notices = Notice.objects.filter(kind="nudged").order_by("pk")
    return list(notices.values_list("person__username", "text"))


def held(desk: Desk, holder: Person) -> ReviewTask:
    task = desk.task()
    return claim_task(task_id=task.pk, actor=holder)


def test_whoever_has_it_is_told_and_it_is_on_record(desk: Desk) -> None:
    task, people = held(desk, desk.people.alice), desk.people
    nudge = nudge_assignee(task_id=task.pk, actor=people.carol)
    assert nudge.told == ["Alice Moreau"]
    assert told() == [("alice", "Carol Nyström waits for its decision, and reminds you.")]
    assert desk.kinds(task)[-1] == "desk.nudged"
    assert history_of(task)[0].says == "Carol Nyström reminded Alice Moreau"
    outbox.send_due()
    assert [(sent.to, "reminds you" in str(sent.body)) for sent in mail.outbox] == [(["alice@example.com"], True)]
    assert task_detail(task.pk, people.alice).task.version == task.version  # no page is stale by it


def test_once_in_a_while_for_all_who_wait_together(desk: Desk) -> None:
    task, people = held(desk, desk.people.alice), desk.people
    nudge_assignee(task_id=task.pk, actor=people.carol)
    desk.bench.clock.forward(minutes=12)
    with pytest.raises(NudgedAlready, match=r"^Alice Moreau was reminded 12 minutes ago; again from 13:00\.$") as early:
        nudge_assignee(task_id=task.pk, actor=people.oscar)
    assert early.value.details["people"] == ["Alice Moreau"]
    assert early.value.details["again_at"].startswith("2026")
    desk.bench.clock.forward(minutes=48)
    claim_task(task_id=task.pk, actor=people.alice)
    nudge_assignee(task_id=task.pk, actor=people.oscar)
    assert len(told()) == Nudge.objects.count() == 2


def test_the_queue_says_how_often(desk: Desk) -> None:
    type(desk.people.finance).objects.update(nudge_minutes=5)
    task = held(desk, desk.people.alice)
    nudge_assignee(task_id=task.pk, actor=desk.people.carol)
    desk.bench.clock.forward(minutes=4)
    with pytest.raises(NudgedAlready):
        nudge_assignee(task_id=task.pk, actor=desk.people.carol)
    desk.bench.clock.forward(minutes=1)
    nudge_assignee(task_id=task.pk, actor=desk.people.carol)
    assert Nudge.objects.count() == 2


def test_who_waits_may_and_nobody_else(desk: Desk) -> None:
    people = desk.people
    ann = person("ann")
    task = held(desk, people.alice)
    delegate_task(task_id=task.pk, actor=people.alice, to=people.bob)
    for waiting in (ann, people.carol, people.oscar, people.alice):
        assert allows(waiting, "task.nudge", task), waiting
    for other in (people.bob, people.mallory):
        assert not allows(other, "task.nudge", task), other
    with pytest.raises(PermissionDenied, match="Mallory may not remind whoever has this task"):
        nudge_assignee(task_id=task.pk, actor=people.mallory)
    nudge_assignee(task_id=task.pk, actor=ann)
    assert [username for username, _ in told()] == ["bob"]


def test_the_manager_of_the_queue_waits_without_being_a_member(desk: Desk) -> None:
    people = desk.people
    people.finance.memberships.filter(person=people.carol).delete()
    task = held(desk, people.alice)
    carol = Person.objects.get(pk=people.carol.pk)
    assert allows(carol, "task.nudge", task)
    assert not allows(carol, "task.read", task)


def test_where_nobody_has_it_the_leads_are_reminded(desk: Desk) -> None:
    people, task = desk.people, desk.task()
    nudge_assignee(task_id=task.pk, actor=people.oscar)
    assert [username for username, _ in told()] == ["carol"]
    other = desk.task(supplier="Halden")
    with pytest.raises(TaskMoved, match="Nobody else has"):
        nudge_assignee(task_id=other.pk, actor=people.carol)


def test_what_was_set_aside_is_with_whoever_did_it_or_with_the_requester(desk: Desk) -> None:
    people = desk.people
    snoozed, asked = desk.task(), desk.task(supplier="Halden")
    until = desk.bench.clock.process_now() + timedelta(hours=2)
    snooze_task(task_id=snoozed.pk, actor=people.alice, until=until)
    nudge_assignee(task_id=snoozed.pk, actor=people.carol)
    assert [username for username, _ in told()] == ["alice"]
    ask_for_information(task_id=asked.pk, actor=people.alice, text="Which cost centre?")
    with pytest.raises(TaskMoved, match="waits for the requester’s answer"):
        nudge_assignee(task_id=asked.pk, actor=people.carol)


def test_what_is_decided_waits_for_nobody(desk: Desk) -> None:
    task = held(desk, desk.people.alice)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    with pytest.raises(TaskMoved, match="Alice Moreau decided"):
        nudge_assignee(task_id=task.pk, actor=desk.people.carol)


def test_many_are_reminded_of_each_for_itself(desk: Desk) -> None:
    people = desk.people
    first, second, free = held(desk, people.alice), held(desk, people.alice), desk.task()
    nudge_assignee(task_id=second.pk, actor=people.oscar)
    done = nudge_together(queue=people.finance, task_ids=[first.pk, second.pk, free.pk], actor=people.carol)
    assert done.tasks == [first]
    assert [each.task_id for each in done.held_back] == [second.pk, free.pk]
    assert "just now" in done.held_back[0].why
    with pytest.raises(PermissionDenied):
        nudge_together(queue=people.finance, task_ids=[first.pk], actor=people.alice)


def test_it_waits_for_the_recipients_own_hours(desk: Desk) -> None:
    people = desk.people
    task = held(desk, people.alice)
    desk.bench.clock.forward(hours=12)  # midnight by the clock of NOON
    claim_task(task_id=task.pk, actor=people.alice)
    nudge_assignee(task_id=task.pk, actor=people.carol)
    outbox.send_due()
    assert [username for username, _ in told()] == ["alice"]
    assert not [sent for sent in mail.outbox if "reminds you" in str(sent.body)]

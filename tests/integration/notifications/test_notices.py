"""Who is told what, when; in the application and by mail."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction

from orchestration.models import OutboxMessage
from orchestration.ports import ReachedLevel
from orchestration.runtime import outbox
from reviewhub.accounts.actors import ref_of
from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Delivery, Notice
from reviewhub.notifications.selectors import notices_of, unread_count
from reviewhub.notifications.services import mark_read
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import claim_task, decide_task, release_task, take_back_decision
from tests.support.bench import NOON
from tests.support.cast import Cast
from tests.support.desk import Desk
from tests.support.tasks import opened


def warn(task: ReviewTask, stage: str) -> None:
    DeskGateway().warn(str(task.run_id), task.key, stage, NOON)


def reach(task: ReviewTask, *people: Person, index: int = 0) -> None:
    refs = tuple(ref_of(person) for person in people)
    level = ReachedLevel(index, NOON, refs, "add", None, {"kind": "backup_of", "of": "queue"})
    DeskGateway().escalate(str(task.run_id), task.key, level)


def told(task: ReviewTask) -> set[tuple[str, str]]:
    return set(Notice.objects.filter(task=task).values_list("person__username", "kind"))


def test_half_of_the_time_warns_the_assignee(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    warn(task, "half")
    assert told(task) == {("alice", "half")}


def test_half_of_the_time_warns_the_lead_where_nobody_has_it(people: Cast) -> None:
    task = opened()
    warn(task, "half")
    assert told(task) == {("carol", "half")}


def test_three_quarters_warn_the_lead(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    warn(task, "three_quarters")
    assert told(task) == {("carol", "three_quarters")}


def test_a_breach_reaches_the_manager_and_the_owner_only_where_it_is_critical(people: Cast) -> None:
    calm, critical = opened(), opened(critical=True)
    warn(calm, "breach")
    warn(critical, "breach")
    assert told(calm) == {("carol", "breach")}
    assert told(critical) == {("carol", "breach"), ("oscar", "breach")}


def test_a_level_tells_those_whom_it_reached(people: Cast) -> None:
    task = opened()
    reach(task, people.bob)
    assert told(task) == {("bob", "asked")}
    assert Notice.objects.get(task=task).text == "Escalation level 1 has reached you."


def test_the_requester_is_never_told_about_their_own_request(people: Cast) -> None:
    task = opened(exclude=("carol@example.com",))
    warn(task, "breach")
    assert told(task) == set()


def test_those_who_were_asked_hear_that_it_was_withdrawn(people: Cast) -> None:
    task = opened()
    reach(task, people.bob)
    DeskGateway().withdraw(str(task.run_id), task.key, "Cancelled by Oscar.", NOON)
    assert told(task) == {("bob", "asked"), ("bob", "withdrawn")}


def test_a_claim_that_a_lead_takes_away_is_told_to_its_holder(people: Cast) -> None:
    given_back, taken_away = (claim_task(task_id=opened().pk, actor=people.alice) for _ in range(2))
    release_task(task_id=given_back.pk, actor=people.alice)
    release_task(task_id=taken_away.pk, actor=people.carol)
    assert told(given_back) == set()
    assert told(taken_away) == {("alice", "released")}


def test_the_same_is_told_once(people: Cast) -> None:
    task = opened()
    warn(task, "breach")
    warn(task, "breach")
    assert Notice.objects.filter(task=task).count() == 1


def test_the_mail_leaves_after_the_commit_and_once(people: Cast) -> None:
    task = opened(title="Northwind Instruments: €18,400")
    reach(task, people.bob)
    assert mail.outbox == []
    message = OutboxMessage.objects.get()
    assert outbox.send(message.pk)
    [sent] = mail.outbox
    assert sent.to == ["bob@example.com"]
    assert sent.subject == "You are asked: Northwind Instruments: €18,400"
    assert f"/tasks/{task.pk}/" in str(sent.body)
    outbox._handlers[message.topic](message.payload, message.key)
    assert len(mail.outbox) == 1


def test_the_mail_of_a_decision_leaves_when_it_can_no_longer_be_taken_back(desk: Desk) -> None:
    task = desk.task()
    reach(task, desk.people.bob)
    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="approve")
    outbox.send_due()
    mail.outbox.clear()
    assert ("bob", "decided") in told(task)
    take_back_decision(task_id=task.pk, actor=desk.people.alice)
    assert told(task) == {("bob", "asked")}

    decide_task(task_id=task.pk, actor=desk.people.alice, outcome="reject", reasons=["policy"])
    outbox.send_due()
    assert mail.outbox == []
    desk.close(task)
    outbox.send_due()
    assert [sent.subject for sent in mail.outbox] == ["Decided by somebody else: Northwind: 500"]
    assert "decided “Reject”" in str(mail.outbox[0].body)


def test_nothing_is_told_when_the_transaction_does_not_commit(people: Cast) -> None:
    task = opened()
    with transaction.atomic():
        warn(task, "breach")
        assert Notice.objects.exists()
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_what_comes_from_outside_is_harmless_in_the_mail(people: Cast) -> None:
    task = opened(title='<script src="//evil"></script>\r\nBcc: mallory@example.com')
    reach(task, people.bob)
    outbox.send(OutboxMessage.objects.get().pk)
    [sent] = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    html = str(sent.alternatives[0][0])
    assert "<script" not in html
    assert "\n" not in sent.subject
    assert sent.recipients() == ["bob@example.com"]
    assert sent.message()["Bcc"] is None


def test_a_mail_server_that_is_away_keeps_the_mail_for_later(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise ConnectionRefusedError

    reach(opened(), people.bob)
    message = OutboxMessage.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        assert not outbox.send(message.pk)
    assert OutboxMessage.objects.get().attempts == 1
    assert not Delivery.objects.exists()


def test_notices_are_read_by_their_own_reader(people: Cast) -> None:
    reach(opened(), people.bob)
    reach(opened(), people.bob)
    first = notices_of(people.bob)[0]
    assert mark_read(actor=people.mallory, notices=[first.pk]) == 0
    assert mark_read(actor=people.bob, notices=[first.pk]) == 1
    assert unread_count(people.bob) == 1
    assert mark_read(actor=people.bob) == 1
    assert unread_count(people.bob) == 0


def test_whoever_has_a_new_notice_hears_of_it_after_the_commit(
    people: Cast, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[int] = []
    monkeypatch.setattr("reviewhub.notifications.services._hear", heard.append)
    task = opened()
    with django_capture_on_commit_callbacks(execute=True):
        reach(task, people.bob)
        assert heard == []
    assert heard == [people.bob.pk]

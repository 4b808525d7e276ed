"""What every channel does: on the fake, and on mail, push and Slack against servers that speak their protocols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from orchestration.models import OutboxMessage
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.known import channels
from reviewhub.notifications.channels.port import NOW, OFF, ChannelBusy
from reviewhub.notifications.models import Delivery, Notice
from reviewhub.notifications.services import mark_read
from reviewhub.notifications.ways import choose_ways
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import decide_task, take_back_decision
from tests.integration.web.test_linked import ask
from tests.support.channels import FAR_ENDS, FarEnd
from tests.support.desk_room import DeskRoom, desk_room


@pytest.fixture
def room(db: None) -> Iterator[DeskRoom]:
    with desk_room() as made:
        yield made


@pytest.fixture(params=list(FAR_ENDS))
def end(request: pytest.FixtureRequest, room: DeskRoom, settings: Settings) -> Iterator[FarEnd]:
    """Bob is reached there at once, and nowhere else."""
    with FAR_ENDS[request.param](settings) as far:
        far.link(room.people.bob)
        chosen = {channel.name: dict.fromkeys(Notice.Kind.values, OFF) for channel in channels()}
        chosen[far.channel.name] = dict.fromkeys(Notice.Kind.values, NOW)
        choose_ways(actor=room.people.bob, mail_after=1, digest_hours=[8], chosen=chosen)
        yield far


def send_all() -> None:
    for pk in OutboxMessage.objects.order_by("pk").values_list("pk", flat=True):
        outbox.send(pk)


def asked(room: DeskRoom, title: str = "Northwind", **case: Any) -> ReviewTask:
    task = room.case(title, **case)
    ask(task, Person.objects.get(pk=room.people.bob.pk))
    return task


def test_whom_it_does_not_know_it_does_not_reach(room: DeskRoom, end: FarEnd) -> None:
    (address,) = end.channel.addresses_of([room.people.bob])[room.people.bob.pk]
    assert isinstance(address, str)
    end.unlink(room.people.bob)
    assert end.channel.addresses_of([Person.objects.get(pk=room.people.bob.pk)]) == {}
    assert end.channel.addresses_of([]) == {}


def test_it_names_its_ways_and_can_be_turned_off(room: DeskRoom, end: FarEnd) -> None:
    assert {NOW, OFF} <= set(end.channel.ways)
    off = {channel.name: {"asked": OFF} for channel in channels()}
    choose_ways(actor=room.people.bob, mail_after=1, digest_hours=[8], chosen=off)
    asked(room)
    send_all()
    assert end.says() == []


def test_what_is_told_arrives_with_its_title_and_nothing_of_the_case(room: DeskRoom, end: FarEnd) -> None:
    asked(room, cost_center="LAB-310-SECRET")
    send_all()
    (said,) = end.says()
    assert "Northwind" in said
    assert "LAB-310-SECRET" not in said
    assert "Three per cent" not in said


def test_what_is_sent_again_is_told_once(room: DeskRoom, end: FarEnd) -> None:
    asked(room)
    (message,) = OutboxMessage.objects.filter(topic="notices.deliver")
    again = {"topic": message.topic, "payload": message.payload, "available_at": message.available_at}
    send_all()
    OutboxMessage.objects.create(key=message.key, **again)
    send_all()
    assert len(end.says()) == Delivery.objects.count() == 1


def test_what_is_refused_is_said_and_comes_later_and_once(room: DeskRoom, end: FarEnd) -> None:
    notice = ask(room.case(), Person.objects.get(pk=room.people.bob.pk))
    ((address, *_),) = end.channel.addresses_of([notice.person]).values()
    end.refuse()
    with pytest.raises(ChannelBusy):
        end.channel.deliver(notice, address)
    end.refuse()
    send_all()
    assert end.says() == []
    (kept,) = OutboxMessage.objects.filter(topic="notices.deliver")
    assert kept.last_error.startswith("ChannelBusy")
    room.clock.forward(minutes=1)
    send_all()
    assert len(end.says()) == 1


@pytest.mark.parametrize("meanwhile", ["read", "decided", "left", "unlinked"])
def test_what_nobody_needs_any_more_does_not_leave(room: DeskRoom, end: FarEnd, meanwhile: str) -> None:
    task = asked(room)
    match meanwhile:
        case "read":
            mark_read(actor=room.people.bob)
        case "decided":
            decide_task(task_id=task.pk, actor=room.people.bob, outcome="approve")
        case "left":
            Person.objects.filter(pk=room.people.bob.pk).update(is_active=False)
        case "unlinked":
            end.unlink(room.people.bob)
    send_all()
    assert end.says() == []
    assert not OutboxMessage.objects.filter(topic="notices.deliver").exists()


def test_what_stands_there_says_how_its_task_is(room: DeskRoom, end: FarEnd) -> None:
    """Where nothing can be changed, nothing is kept that could be."""
    task = asked(room)
    send_all()
    assert bool(Delivery.objects.get().place) is end.channel.changes
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    send_all()
    assert ("Alice Moreau decided “Approve”" in end.says()[0]) is end.channel.changes
    take_back_decision(task_id=task.pk, actor=room.people.alice)
    send_all()
    assert "Alice Moreau" not in end.says()[0]


def test_a_change_that_is_refused_comes_later(room: DeskRoom, end: FarEnd) -> None:
    if not end.channel.changes:
        return
    task = asked(room)
    send_all()
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    end.refuse()
    send_all()
    assert "Alice Moreau" not in end.says()[0]
    room.clock.forward(minutes=1)
    send_all()
    assert "Alice Moreau" in end.says()[0]


def test_what_somebody_wrote_is_words_and_nothing_else(room: DeskRoom, end: FarEnd) -> None:
    asked(room, "<img src=x onerror=alert(1)>\r\nBcc: eve@example.com")
    send_all()
    (said,) = end.says()
    assert "\nBcc:" not in said
    markup = said.partition("<!doctype html>")[2] if end.channel.name == "mail" else said
    assert end.channel.name in ("fake", "push") or "<img" not in markup


def test_a_notice_about_a_run_arrives_too(room: DeskRoom, end: FarEnd) -> None:
    task = room.case()
    run = task.run
    about = {"run": run, "subject": "Purchase 12", "text": "The time is over.", "at": room.clock.process}
    notice = Notice.objects.create(person=Person.objects.get(pk=room.people.bob.pk), kind="late", key="k", **about)
    ((address, *_),) = end.channel.addresses_of([notice.person]).values()
    end.channel.deliver(notice, address)
    assert "Purchase 12" in end.says()[0]

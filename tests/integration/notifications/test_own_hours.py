"""Reminders that are due at somebody's night wait for their morning."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.test import Client

from orchestration.models import OutboxMessage
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Notice
from reviewhub.notifications.own_hours import opens_at
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import claim_task
from tests.support.cast import Cast
from tests.support.desk import Desk


def person(begins: int, ends: int, days: str = "mon,tue,wed,thu,fri", zone: str = "Europe/Helsinki") -> Person:
    return Person(zone=zone, reached_from=time(begins), reached_until=time(ends), reached_on=days)


TABLE = [
    # remark, hours, now (UTC), reminded at (UTC)
    ("within the hours", person(8, 17), "2026-11-18 09:30", "2026-11-18 09:30"),
    ("at night", person(8, 17), "2026-11-18 01:00", "2026-11-18 06:00"),
    ("after work", person(8, 17), "2026-11-18 15:00", "2026-11-19 06:00"),
    ("on Friday evening", person(8, 17), "2026-11-20 18:00", "2026-11-23 06:00"),
    ("another zone", person(8, 17, zone="America/New_York"), "2026-11-18 09:30", "2026-11-18 13:00"),
    ("the night in which the clocks go forward", person(8, 17, "sun"), "2026-03-29 00:00", "2026-03-29 05:00"),
    ("the night in which the clocks go back", person(8, 17, "sun"), "2026-10-25 00:00", "2026-10-25 06:00"),
    ("hours that begin where the clocks jump", person(3, 5, "sun"), "2026-03-28 22:00", "2026-03-29 01:00"),
    ("an hour that comes twice is reached the first time", person(3, 5, "sun"), "2026-10-24 22:00", "2026-10-25 00:00"),
    ("half an hour of summer", person(8, 17, zone="Australia/Lord_Howe"), "2026-10-04 12:00", "2026-10-04 21:00"),
    ("where it is tomorrow already", person(8, 17, zone="Pacific/Kiritimati"), "2026-11-17 09:30", "2026-11-17 18:00"),
    ("where it is yesterday still", person(8, 17, zone="Pacific/Pago_Pago"), "2026-11-18 09:30", "2026-11-18 19:00"),
    ("a zone of three quarters", person(8, 17, zone="Asia/Kathmandu"), "2026-11-18 01:00", "2026-11-18 02:15"),
    ("a night shift over the clocks' change", person(22, 6, "sat"), "2026-03-28 12:00", "2026-03-28 20:00"),
    ("a night shift", person(22, 6, "mon,tue,wed,thu,fri,sat,sun"), "2026-11-18 12:00", "2026-11-18 20:00"),
    ("in a night shift", person(22, 6, "mon,tue,wed,thu,fri,sat,sun"), "2026-11-18 23:00", "2026-11-18 23:00"),
    ("at any hour", person(0, 0, "mon,tue,wed,thu,fri,sat,sun"), "2026-11-18 01:00", "2026-11-18 01:00"),
]


@pytest.mark.parametrize(("remark", "who", "now", "then"), TABLE, ids=[row[0] for row in TABLE])
def test_the_first_instant_that_is_within_somebodys_hours(remark: str, who: Person, now: str, then: str) -> None:
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, then))
    assert opens_at(who, at) == expected, remark


def test_whatever_the_zone_and_the_moment_the_reminder_comes_within_the_hours_and_not_before() -> None:
    """Every thirteenth hour of a year and a half, in zones whose clocks change in every way there is."""
    zones = ("Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for who in (person(9, 17, zone=zone) for zone in zones):
        for step in range(0, 24 * 540, 13):
            at = start + timedelta(hours=step)
            then = opens_at(who, at)
            local = then.astimezone(who.timezone)
            assert then >= at
            assert time(9) <= local.time() < time(17)
            assert local.weekday() < 5
            if then > at:
                assert local.time() == time(9)


def warned_at_night(desk: Desk, **fields: str | bool) -> Notice:
    """Alice, in Helsinki, has a task at eleven in the evening."""
    task = claim_task(task_id=desk.task().pk, actor=desk.people.alice)
    ReviewTask.objects.filter(pk=task.pk).update(**fields)
    desk.bench.clock.forward(hours=9)
    DeskGateway().warn(str(task.run_id), task.key, "half", desk.bench.clock.process)
    outbox.send_due()
    return Notice.objects.get(kind="half")


def test_a_reminder_at_night_is_there_at_once_and_mailed_in_the_morning(desk: Desk) -> None:
    notice = warned_at_night(desk)
    assert mail.outbox == []
    (message,) = OutboxMessage.objects.all()
    assert message.available_at - desk.bench.clock.system == timedelta(hours=8)
    desk.bench.clock.forward(hours=8)
    outbox.send_due()
    notice.refresh_from_db()
    assert notice.deliveries.exists()
    assert [each.to for each in mail.outbox] == [["alice@example.com"]]


@pytest.mark.parametrize("fields", [{"critical": True}, {"priority": "urgent"}])
def test_what_is_urgent_comes_at_any_hour(desk: Desk, fields: dict[str, str | bool]) -> None:
    assert warned_at_night(desk, **fields).deliveries.exists()


@pytest.mark.parametrize(("wakes", "mailed"), [("never", False), ("always", True)])
def test_a_queue_says_what_wakes_its_people(desk: Desk, wakes: str, mailed: bool) -> None:
    desk.people.finance.wakes = wakes
    desk.people.finance.save()
    assert warned_at_night(desk, critical=not mailed).deliveries.exists() is mailed


def test_what_was_read_before_the_morning_is_not_mailed_any_more(desk: Desk) -> None:
    notice = warned_at_night(desk)
    Notice.objects.filter(pk=notice.pk).update(read_at=desk.bench.clock.system)
    desk.bench.clock.forward(hours=8)
    outbox.send_due()
    assert mail.outbox == []
    assert not OutboxMessage.objects.exists()


def test_everybody_says_their_own_hours(people: Cast) -> None:
    page = Client()
    page.force_login(people.alice)
    answer = page.post("/notices/hours/", {"from": "09:30", "until": "18:00", "day": ["mon", "wed"]}, follow=True)
    assert "Kept." in answer.content.decode()
    people.alice.refresh_from_db()
    assert (people.alice.reached_from, people.alice.reached_on) == (time(9, 30), "mon,wed")
    for wrong in ({"from": "09:30", "until": "18:00"}, {"from": "x", "until": "", "day": ["mon"]}):
        assert page.post("/notices/hours/", wrong).status_code == 422

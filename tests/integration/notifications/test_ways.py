"""How notices travel: pushed first, mailed where still pending, gathered in digests, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from orchestration.models import OutboxMessage
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Delivery, Notice, TellingChoice
from reviewhub.notifications.services import mark_read
from reviewhub.notifications.ways import InvalidWays, Ways, choose_ways, ways_of
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import claim_task
from tests.integration.notifications.test_notices import reach, warn
from tests.integration.notifications.test_pushes import added, service
from tests.support.bench import NOON, StandingClock
from tests.support.cast import Cast
from tests.support.push_service import Device, PushService
from tests.support.tasks import opened

__all__ = ["service"]


def chooses(person: Person, **chosen: Any) -> Ways:
    given = {"mail_after": 15, "digest_hours": [8, 16], "chosen": {}, **chosen}
    return choose_ways(actor=person, **given)


def warned(people: Cast) -> ReviewTask:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    warn(task, "half")
    return task


def over(task: ReviewTask) -> None:
    """It needs nobody any more, and nothing is told of that."""
    ended = {"status": "withdrawn", "closed_at": NOON, "claimed_by": None, "claim_expires_at": None}
    ReviewTask.objects.filter(pk=task.pk).update(**ended)


def leaving(channel: str) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(payload__channel=channel).order_by("available_at"))


def send_due() -> None:
    """What is due by now leaves, pushes aside."""
    OutboxMessage.objects.filter(payload__channel="push").delete()
    outbox.send_due()


def test_who_has_no_device_is_mailed_at_once(people: Cast, clock: StandingClock) -> None:
    warned(people)
    send_due()
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]


def test_a_push_comes_first_and_a_mail_where_it_is_still_pending(
    people: Cast, clock: StandingClock, service: PushService
) -> None:
    added(people.alice, service, Device())
    warned(people)
    assert len(leaving("push")) == 1
    send_due()
    assert mail.outbox == []

    clock.forward(minutes=14)
    send_due()
    assert mail.outbox == []
    clock.forward(minutes=2)
    send_due()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("meanwhile", ["read", "over"])
def test_what_was_read_or_done_meanwhile_is_not_mailed(
    people: Cast, clock: StandingClock, service: PushService, meanwhile: str
) -> None:
    added(people.alice, service, Device())
    task = warned(people)
    if meanwhile == "read":
        mark_read(actor=people.alice)
    else:
        over(task)
    clock.forward(minutes=20)
    send_due()
    assert mail.outbox == []
    assert leaving("mail") == []


def test_the_minutes_are_ones_own(people: Cast, clock: StandingClock, service: PushService) -> None:
    added(people.alice, service, Device())
    chooses(people.alice, mail_after=60)
    warned(people)
    assert leaving("mail")[0].available_at == clock.system + timedelta(minutes=60)


def test_many_notices_become_one_mail_at_the_next_chosen_hour(people: Cast, clock: StandingClock) -> None:
    chooses(people.bob, chosen={"mail": {"asked": "digest"}})  # it is noon, and 16:00 comes next
    tasks = [opened(title=f"<b>Case {number}</b>") for number in range(3)]
    for task in tasks:
        reach(task, people.bob)
    over(tasks[0])
    (message,) = OutboxMessage.objects.filter(topic="notices.digest")
    assert message.available_at == clock.system + timedelta(hours=4)

    clock.forward(hours=4)
    send_due()
    (sent,) = mail.outbox
    assert sent.subject == "2 notices from ReviewHub"
    assert ("Case 0" in sent.body, "<b>Case 1</b>" in sent.body) == (False, True)
    assert "<b>Case" not in str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    assert not Notice.objects.filter(person=people.bob, in_digest=True).exists()
    assert Delivery.objects.filter(notice__person=people.bob, channel="mail").count() == 2


def test_a_digest_with_nothing_to_tell_is_not_sent(people: Cast, clock: StandingClock) -> None:
    chooses(people.bob, chosen={"mail": {"asked": "digest"}})
    reach(opened(), people.bob)
    mark_read(actor=people.bob)
    clock.forward(hours=4)
    send_due()
    assert mail.outbox == []


def test_a_channel_that_is_off_says_nothing_and_the_application_does(
    people: Cast, clock: StandingClock, service: PushService
) -> None:
    added(people.alice, service, Device())
    chooses(people.alice, chosen={"mail": {"half": "off"}, "push": {"half": "off"}})
    warned(people)
    assert OutboxMessage.objects.count() == 0
    assert Notice.objects.filter(person=people.alice, kind="half").exists()


def test_without_a_push_of_this_kind_a_mail_does_not_wait_for_one(
    people: Cast, clock: StandingClock, service: PushService
) -> None:
    added(people.alice, service, Device())
    chooses(people.alice, chosen={"push": {"half": "off"}})
    warned(people)
    assert leaving("mail")[0].available_at == clock.system


@pytest.mark.parametrize(
    ("zone", "at", "next_one"),
    [
        ("UTC", datetime(2026, 3, 2, 12, 0, tzinfo=UTC), datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 2, 7, 59, tzinfo=UTC), datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        ("UTC", datetime(2026, 3, 2, 8, 0, tzinfo=UTC), datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        ("Europe/Helsinki", datetime(2026, 3, 2, 7, 0, tzinfo=UTC), datetime(2026, 3, 3, 6, 0, tzinfo=UTC)),
        ("Europe/Helsinki", datetime(2026, 3, 28, 7, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),  # summer
        ("Pacific/Auckland", datetime(2026, 3, 2, 12, 0, tzinfo=UTC), datetime(2026, 3, 2, 19, 0, tzinfo=UTC)),
    ],
)
def test_a_chosen_hour_is_by_ones_own_clock(zone: str, at: datetime, next_one: datetime) -> None:
    assert Ways().next_digest(Person(zone=zone), at) == next_one


def test_every_fault_of_a_choice_is_told_and_nothing_is_kept(people: Cast) -> None:
    with pytest.raises(InvalidWays) as refused:
        chooses(
            people.alice,
            mail_after=0,
            digest_hours=[24],
            chosen={"mail": {"asked": "never", "nonsense": "now"}, "push": {"asked": "digest"}, "fax": {}},
        )
    assert [fault["path"] for fault in refused.value.faults] == [
        "/mail_after",
        "/digest_hours",
        "/ways/mail/asked",
        "/ways/mail/nonsense",
        "/ways/push/asked",
        "/ways/fax",
    ]
    assert not TellingChoice.objects.exists()


def test_the_page_keeps_what_was_chosen_and_says_what_was_wrong(people: Cast, client: Client) -> None:
    client.force_login(people.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert "If still pending" in client.get("/notices/ways/").content.decode()
    sent = {"mail.asked": "digest", "push.asked": "off", "mail_after": "30", "hour": ["7", "13"]}
    assert client.post("/notices/ways/", sent)["Location"] == "/notices/ways/?saved"

    chosen = ways_of([people.alice])[people.alice.pk]
    assert (chosen.of("mail", "asked"), chosen.of("push", "asked"), chosen.of("mail", "half")) == (
        "digest",
        "off",
        "pending",
    )
    assert (chosen.mail_after, chosen.digest_hours) == (30, (7, 13))
    for wrong in ({**sent, "mail_after": "soon"}, {**sent, "hour": []}, {**sent, "mail.asked": "pigeon"}):
        assert client.post("/notices/ways/", wrong).status_code == 422


def test_nobody_sees_the_page_without_signing_in(db: None, client: Client) -> None:
    assert client.get("/notices/ways/")["Location"].startswith("/sign-in/")


def test_a_program_of_ones_own_reads_and_chooses_it(people: Cast, client: Client) -> None:
    client.force_login(people.alice, backend="django.contrib.auth.backends.ModelBackend")
    body = {"mail_after": 5, "digest_hours": [9], "ways": {"mail": {"asked": "now"}}}
    answer = client.put("/api/v1/notices/ways/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["ways"]["mail"]["asked"]) == (200, "now")
    assert client.get("/api/v1/notices/ways/").json()["digest_hours"] == [9]
    wrong = client.put("/api/v1/notices/ways/", {**body, "ways": {"fax": {}}}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (422, "/ways/fax")

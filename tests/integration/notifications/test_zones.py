"""Times outside of pages: in the reader's own zone where it is known, and always with the zone's name."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from orchestration.runtime import outbox
from reviewhub.notifications.digests import digest_of
from reviewhub.notifications.models import Notice
from reviewhub.notifications.questions import link_to
from reviewhub.reviews.models import InformationRequest
from reviewhub.reviews.services import ask_for_information
from tests.integration.notifications.test_notices import reach
from tests.integration.notifications.test_pushes import added, send_all, service
from tests.support.cast import Cast, person
from tests.support.desk import Desk
from tests.support.push_service import Device, PushService
from tests.support.tasks import opened

__all__ = ["service"]

EXPIRES = datetime.fromisoformat("2026-03-08T05:45:00+00:00")
EXPIRY = [
    ("Asia/Kathmandu", "Sun 8 Mar 2026, 11:30 (Asia/Kathmandu)", "Kathmandu"),
    ("America/St_Johns", "Sun 8 Mar 2026, 03:15 (America/St_Johns)", "St Johns"),  # fifteen minutes into summer time
]


def asked_until(desk: Desk, requester: str) -> InformationRequest:
    asked = ask_for_information(task_id=desk.task(requester=requester).pk, actor=desk.people.alice, text="Which one?")
    InformationRequest.objects.filter(pk=asked.pk).update(expires_at=EXPIRES)
    outbox.send_due()
    return asked


@pytest.mark.parametrize(("zone", "said", "place"), EXPIRY)
def test_a_question_is_sent_in_the_requesters_zone(
    desk: Desk, client: Client, zone: str, said: str, place: str
) -> None:
    pia = person("pia", zone=zone)
    asked = asked_until(desk, "pia")
    (sent,) = mail.outbox
    assert sent.to == [pia.email]
    assert f"until {said}" in sent.body
    assert f"until {said}" in str(sent.alternatives[0][0])  # type: ignore[attr-defined]
    page = client.get(urlsplit(link_to(asked)).path).content.decode()
    assert f", {place}." in page


def test_a_requester_whom_nobody_knows_is_told_the_installations_zone(desk: Desk) -> None:
    asked_until(desk, "somebody@elsewhere.example")
    assert "until Sun 8 Mar 2026, 05:45 (UTC)" in mail.outbox[0].body


def test_a_digest_says_whose_times_it_has(people: Cast) -> None:
    people.bob.zone = "Asia/Kathmandu"
    people.bob.save()
    reach(opened(), people.bob)
    mailed = digest_of(people.bob, list(Notice.objects.filter(person=people.bob)), "d1")
    assert "Times are those of Asia/Kathmandu." in str(mailed.body)
    assert "17:45)" in str(mailed.body)  # at noon, UTC
    assert "Times are those of Asia/Kathmandu." in str(mailed.alternatives[0][0])


def test_a_push_says_the_deadline_by_the_clock_of_whoever_reads_it(people: Cast, service: PushService) -> None:
    people.bob.zone = "Asia/Kathmandu"
    people.bob.save()
    device = Device()
    added(people.bob, service, device)
    task = opened()
    reach(task, people.bob)
    send_all()
    (told,) = service.told(device)
    assert task.due_at is not None
    assert told["text"].endswith(f"{task.due_at.astimezone(people.bob.timezone):%H:%M}.")

"""Pushes: to devices of whom a notice is for, by the services that were named, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client

from orchestration.models import OutboxMessage
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.port import ChannelBusy
from reviewhub.notifications.models import Notice, PushDevice, PushIdentity
from reviewhub.notifications.push import devices, sending
from reviewhub.notifications.push.identity import authorization, public_key
from reviewhub.notifications.services import mark_read
from reviewhub.reviews.services import claim_task
from tests.integration.notifications.test_notices import warn
from tests.support.cast import Cast
from tests.support.push_service import Device, PushService, claims_in, push_service
from tests.support.tasks import opened


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.PUSH_HOSTS = ("127.0.0.1",)
    with push_service() as running:
        yield running


def added(person: Person, service: PushService, device: Device, agent: str = "") -> PushDevice:
    return devices.add_device(actor=person, endpoint=service.url, agent=agent, **device.sent)


def pushes() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(Q(payload__channel="push") | Q(topic=devices.TRIALS)))


def send_all() -> None:
    for message in pushes():
        outbox.send(message.pk)


def test_a_notice_reaches_the_device_with_title_and_deadline_alone(people: Cast, service: PushService) -> None:
    device = Device()
    added(people.alice, service, device)
    task = claim_task(task_id=opened().pk, actor=people.alice)
    warn(task, "half")
    send_all()
    (told,) = service.told(device)
    notice = Notice.objects.get(person=people.alice)
    assert (told["title"], told["url"], told["badge"]) == (task.title, f"/notices/{notice.pk}/", 1)
    assert told["text"].startswith("Half of the time is gone. Due ")
    assert set(told) == {"title", "text", "url", "tag", "badge"}
    headers, body = service.taken[0]
    assert task.title.encode() not in body
    assert (headers["Content-Encoding"], headers["Urgency"]) == ("aes128gcm", "high")
    assert claims_in(headers["Authorization"])["aud"] == service.url.removesuffix("/push/a-device")


def test_only_whom_a_notice_is_for_is_pushed(people: Cast, service: PushService) -> None:
    added(people.bob, service, Device())
    warn(claim_task(task_id=opened().pk, actor=people.alice), "half")
    assert pushes() == []


def test_nothing_is_pushed_where_no_service_was_named(people: Cast, service: PushService, settings: Any) -> None:
    device = added(people.alice, service, Device())
    settings.PUSH_HOSTS = ()
    warn(claim_task(task_id=opened().pk, actor=people.alice), "half")
    assert pushes() == []
    sending.send_trial({"device": device.pk}, "k")
    assert service.taken == []


def test_what_was_read_meanwhile_needs_no_push(people: Cast, service: PushService) -> None:
    added(people.alice, service, Device())
    warn(claim_task(task_id=opened().pk, actor=people.alice), "half")
    mark_read(actor=people.alice)
    send_all()
    assert service.taken == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(people: Cast, service: PushService, status: int) -> None:
    device = added(people.alice, service, Device())
    service.answers = status
    sending.send_trial({"device": device.pk}, "k")
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_service_that_is_busy_is_asked_again(people: Cast, service: PushService, status: int) -> None:
    device = added(people.alice, service, Device())
    service.answers = status
    with pytest.raises(ChannelBusy):
        sending.send_trial({"device": device.pk}, "k")
    assert PushDevice.objects.filter(pk=device.pk).exists()


def test_what_a_service_refuses_for_good_is_said_on_the_page(people: Cast, service: PushService) -> None:
    device = added(people.alice, service, Device())
    service.answers = 403
    sending.send_trial({"device": device.pk}, "k")
    device.refresh_from_db()
    assert device.fault == "The push service refused it (403)."


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.example.com/x",  # not named
        "http://push.example.org/x",  # named, but without TLS
        "https://push.example.org.evil.test/x",
        "https://evil.test/?push.example.org",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_browser_makes_us_ask_another_host(people: Cast, settings: Any, endpoint: str) -> None:
    settings.PUSH_HOSTS = ("push.example.org",)
    with pytest.raises(devices.DeviceRefused):
        devices.add_device(actor=people.alice, endpoint=endpoint, **Device().sent)


def test_the_same_address_is_one_device_and_whoever_has_it_now_is_told(people: Cast, service: PushService) -> None:
    added(people.alice, service, Device())
    added(people.bob, service, Device())
    assert [device.person for device in PushDevice.objects.all()] == [people.bob]


def test_addresses_and_secrets_are_stored_encrypted(people: Cast, service: PushService) -> None:
    from django.db import connection

    public_key()
    added(people.alice, service, Device())
    with connection.cursor() as cursor:
        cursor.execute("SELECT endpoint, auth FROM notifications_pushdevice")
        assert not [value for value in cursor.fetchone() if not value.startswith("gAAAA")]
        cursor.execute("SELECT private_key FROM notifications_pushidentity")
        assert cursor.fetchone()[0].startswith("gAAAA")


def test_the_installation_keeps_its_keys(people: Cast) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    claims = claims_in(authorization("https://push.example.org/x", now))
    assert (claims["aud"], claims["exp"]) == ("https://push.example.org", int(now.timestamp()) + 12 * 3600)
    assert claims["sub"].startswith("mailto:")
    assert public_key() == public_key()
    assert PushIdentity.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Gecko/20100101 Firefox/143.0", "Firefox, Windows"),
        ("", "A browser"),
    ],
)
def test_a_device_is_called_what_its_owner_would_call_it(agent: str, label: str) -> None:
    assert devices.label_of(agent) == label


def test_devices_are_seen_added_tried_and_stopped_on_their_page(people: Cast, service: PushService) -> None:
    client = Client()
    client.force_login(people.alice, backend="django.contrib.auth.backends.ModelBackend")
    sent = {"endpoint": service.url, **Device().sent}
    assert client.post("/devices/", sent, headers={"User-Agent": "Chrome/1 Android"}).status_code == 201
    device = PushDevice.objects.get()
    page = client.get("/devices/").content.decode()
    assert "Chrome, Android" in page
    assert service.url not in page
    client.post(f"/devices/{device.pk}/")
    send_all()
    assert len(service.taken) == 1
    refused = client.post("/devices/", sent | {"endpoint": "https://elsewhere.example/"})
    assert (refused.status_code, "elsewhere.example" in refused.json()["said"]) == (422, True)
    client.post(f"/devices/{device.pk}/", {"_method": "delete"})
    assert not PushDevice.objects.exists()


def test_nobody_tries_or_stops_somebody_elses_device(people: Cast, service: PushService) -> None:
    device = added(people.alice, service, Device())
    client = Client()
    client.force_login(people.mallory, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"/devices/{device.pk}/")
    client.post(f"/devices/{device.pk}/", {"_method": "delete"})
    assert PushDevice.objects.filter(pk=device.pk).exists()
    assert pushes() == []

"""Pushes: a channel. A title, a deadline and an address: the case itself never leaves this way."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.accounts.models import Person
from reviewhub.direction import in_order
from reviewhub.notifications.channels.port import NOW, OFF, ChannelBusy
from reviewhub.notifications.models import Notice, PushDevice
from reviewhub.notifications.push.devices import TRIALS, is_reachable
from reviewhub.notifications.push.encryption import DeviceKeys, encrypted
from reviewhub.notifications.push.identity import authorization
from reviewhub.reviews.models import ReviewTask

log = logging.getLogger(__name__)

LIVES_FOR = 24 * 3600  # seconds that a push service keeps it for a device that is off
TIMEOUT = 10.0  # seconds
GONE = (404, 410)
TRY_AGAIN = (408, 425, 429)
LONGEST_TITLE = 120


class WebPush:
    """Implements `Channel`. Its address is a device's number."""

    name = "push"
    title: str | Promise = _lazy("Push")
    ways: tuple[str, ...] = (NOW, OFF)
    changes = False  # the next one about the same task takes its place on the device

    def is_set_up(self) -> bool:
        return bool(settings.PUSH_HOSTS)

    def addresses_of(self, people: Collection[Person]) -> Mapping[int, Sequence[str]]:
        found: dict[int, list[str]] = {}
        if settings.PUSH_HOSTS:
            for person, device in PushDevice.objects.filter(person__in=people).values_list("person_id", "pk"):
                found.setdefault(person, []).append(str(device))
        return found

    def deliver(self, notice: Notice, address: str) -> str:
        device = PushDevice.objects.get(pk=address)
        with timezone.override(notice.person.timezone), translation.override(None):
            _push(device, _told(notice))
        return ""

    def change(self, notice: Notice, place: str) -> None:
        raise NotImplementedError("A push that has left says what it says.")


@on_topic(TRIALS)
def send_trial(payload: Mapping[str, Any], key: str) -> None:
    """A word to one device, to see whether it arrives."""
    device = PushDevice.objects.select_related("person").filter(pk=payload["device"]).first()
    if device is not None and device.person.is_active:
        said = {"title": "ReviewHub", "text": _("This device is told when a task is yours."), "tag": "trial"}
        _push(device, {**said, "url": reverse("web:devices"), "badge": _waiting(device.person)})


def _told(notice: Notice) -> dict[str, Any]:
    """{"title", "text", "url", "tag", "badge"}, as static's worker shows it."""
    return {
        "title": in_order(notice.subject)[:LONGEST_TITLE],
        "text": _text(notice),
        "url": reverse("web:notice", args=[notice.pk]),
        "tag": str(notice.task_id or notice.run_id),
        "badge": _waiting(notice.person),
    }


def _push(device: PushDevice, told: Mapping[str, Any]) -> None:
    """A device that is gone is forgotten; one whose service may not be asked any more is passed over."""
    if not is_reachable(device.endpoint):
        return
    status = _post(device, told)
    if status in GONE:
        device.delete()
    elif status in TRY_AGAIN or status >= 500:
        raise ChannelBusy(f"The push service answered {status}.")
    else:
        _note(device, status)


def _text(notice: Notice) -> str:
    due, kind = notice.due, str(notice.get_kind_display())
    if due is None:
        return kind
    return _("%(kind)s. Due %(at)s.") % {"kind": kind, "at": date_format(timezone.localtime(due), "D j M, H:i")}


def _waiting(person: Person) -> int:
    return ReviewTask.objects.mine(person, ports.clock().system_now()).count()


def _post(device: PushDevice, told: Mapping[str, Any]) -> int:
    import httpx

    body = encrypted(json.dumps(told).encode(), DeviceKeys.parse(device.p256dh, device.auth))
    headers = {
        "Authorization": authorization(device.endpoint, ports.clock().system_now()),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(LIVES_FOR),
        "Urgency": "high",
    }
    try:
        answer = httpx.post(device.endpoint, content=body, headers=headers, timeout=TIMEOUT, follow_redirects=False)
    except httpx.HTTPError as error:
        raise ChannelBusy(f"The push service could not be reached: {type(error).__name__}") from error
    return answer.status_code


def _note(device: PushDevice, status: int) -> None:
    """What a service refuses for good is not repeated; the owner of the device reads it on their page."""
    fault = "" if status < 300 else _("The push service refused it (%(status)s).") % {"status": status}
    if fault:
        log.warning("A push to device %s was refused: %s", device.pk, status)
    PushDevice.objects.filter(pk=device.pk).update(told_at=ports.clock().system_now(), fault=fault)

"""Pushes, from the outbox. A title, a deadline and an address: the case itself never leaves this way."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Notice, PushDevice
from reviewhub.notifications.push.devices import TOPIC, is_reachable
from reviewhub.notifications.push.encryption import DeviceKeys, encrypted
from reviewhub.notifications.push.identity import authorization
from reviewhub.reviews.models import ReviewTask

log = logging.getLogger(__name__)

LIVES_FOR = 24 * 3600  # seconds that a push service keeps it for a device that is off
TIMEOUT = 10.0  # seconds
GONE = (404, 410)
TRY_AGAIN = (408, 425, 429)
LONGEST_TITLE = 120


class PushServiceBusy(Exception):
    """The push service did not take it now."""


@on_topic(TOPIC)
def send_push(payload: Mapping[str, Any], key: str) -> None:
    """One push to one device. A notice that was read meanwhile needs none; a device that is gone is forgotten."""
    device = PushDevice.objects.select_related("person").filter(pk=payload["device"]).first()
    if device is None or not device.person.is_active or not is_reachable(device.endpoint):
        return
    told = _told(device.person, payload["notice"], waited=bool(payload.get("pending")))
    if told is None:
        return
    status = _post(device, told)
    if status in GONE:
        device.delete()
    elif status in TRY_AGAIN or status >= 500:
        raise PushServiceBusy(f"The push service answered {status}.")
    else:
        _note(device, status)


def _told(person: Person, notice_id: int | None, *, waited: bool) -> dict[str, Any] | None:
    """{"title", "text", "url", "tag", "badge"}, as static's worker shows it."""
    if notice_id is None:
        said = {"title": "ReviewHub", "text": _("This device is told when a task is yours."), "tag": "trial"}
        return {**said, "url": reverse("web:devices"), "badge": _waiting(person)}
    notice = Notice.objects.select_related("task").filter(pk=notice_id, read_at__isnull=True).first()
    if notice is None or (waited and not notice.still_tells):
        return None
    with timezone.override(person.timezone), translation.override(None):
        text = _text(notice)
    return {
        "title": notice.subject[:LONGEST_TITLE],
        "text": text,
        "url": reverse("web:notice", args=[notice.pk]),
        "tag": str(notice.task_id or notice.run_id),
        "badge": _waiting(person),
    }


def _text(notice: Notice) -> str:
    due, kind = notice.due, str(notice.get_kind_display())
    if due is None:
        return kind
    return _("%(kind)s. Due %(at)s.") % {"kind": kind, "at": f"{timezone.localtime(due):%a %d %b %H:%M}"}


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
        raise PushServiceBusy(f"The push service could not be reached: {type(error).__name__}") from error
    return answer.status_code


def _note(device: PushDevice, status: int) -> None:
    """What a service refuses for good is not repeated; the owner of the device reads it on their page."""
    fault = "" if status < 300 else f"The push service refused it ({status})."
    if fault:
        log.warning("A push to device %s was refused: %s", device.pk, status)
    PushDevice.objects.filter(pk=device.pk).update(told_at=ports.clock().system_now(), fault=fault)

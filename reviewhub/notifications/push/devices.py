"""The devices that somebody wants to be told on. A browser names the push service; an operator names those we may
speak to, so that nobody makes us ask any other host."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.models import PushDevice
from reviewhub.notifications.push.encryption import DeviceKeys

TRIALS = "push.trial"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST = 20  # devices of one person
BROWSERS = (("Edg", "Edge"), ("Firefox|FxiOS", "Firefox"), ("CriOS|Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Mac", "Mac"), ("Windows", "Windows"))


class DeviceRefused(Exception):
    """This device cannot be told anything; the message says why."""


def is_reachable(endpoint: str) -> bool:
    """Whether the push service is one that the operator has named; only one on this machine may do without TLS."""
    address = urlsplit(endpoint)
    host = address.hostname or ""
    safe = address.scheme == "https" or (address.scheme == "http" and host in LOOPBACK)
    return safe and any(host == named or host.endswith(f".{named}") for named in settings.PUSH_HOSTS)


@transaction.atomic
def add_device(*, actor: Person, endpoint: str, p256dh: str, auth: str, agent: str = "") -> PushDevice:
    """The same address again is the same device, and whoever has it now is who is told. Raises DeviceRefused."""
    if not is_reachable(endpoint) or len(endpoint) > PushDevice.LONGEST:
        host = urlsplit(endpoint).hostname or "this address"
        raise DeviceRefused(
            _("This browser uses %(host)s, which is not among the push services that we may speak to.") % {"host": host}
        )
    try:
        DeviceKeys.parse(p256dh, auth)
    except ValueError as error:
        raise DeviceRefused(_("The browser’s keys cannot be used: %(error)s") % {"error": error}) from error
    if actor.push_devices.count() >= MOST:
        raise DeviceRefused(_("You have %(most)s devices already: stop one of them first.") % {"most": MOST})
    now = ports.clock().system_now()
    values = {"person": actor, "endpoint": endpoint, "p256dh": p256dh, "auth": auth, "label": label_of(agent)}
    device, _created = PushDevice.objects.update_or_create(
        digest=digest_of(endpoint), defaults=values | {"added_at": now, "fault": ""}
    )
    return device


def remove_device(*, actor: Person, device: int) -> bool:
    return bool(PushDevice.objects.filter(person=actor, pk=device).delete()[0])


def try_device(*, actor: Person, device: int) -> bool:
    """Sends a word to one of the actor's own devices."""
    if not PushDevice.objects.filter(person=actor, pk=device).exists():
        return False
    key = f"trial:{device}:{ports.clock().system_now().isoformat()}"
    api.send_later(topic=TRIALS, key=key, payload={"device": device})
    return True


def digest_of(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def label_of(agent: str) -> str:
    """`Chrome, Android`, from what the browser says of itself."""
    known = [_first(agent, BROWSERS), _first(agent, SYSTEMS)]
    return ", ".join(name for name in known if name) or _("A browser")


def _first(agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for pattern, name in names if re.search(pattern, agent)), "")

"""Who we are to push services: a key pair of this installation's own, made when it is set up (VAPID, RFC 8292)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from orchestration import ports
from reviewhub.notifications.models import PushIdentity
from reviewhub.notifications.push.encryption import CURVE, from_text, public_of, to_text

HOLDS_FOR = timedelta(hours=12)  # at most 24 by the standard
COORDINATE = 32  # octets


def make_missing(*, using: str, apps: Apps = installed, **_: Any) -> None:
    """After every migration: the installation has its keys."""
    try:
        identities = apps.get_model("notifications", "PushIdentity")
    except LookupError:  # migrated back to before there was one
        return
    rows: QuerySet[Any] = QuerySet(identities, using=using)
    if not rows.exists():
        rows.create(private_key=_new_key(), made_at=ports.clock().system_now())


def identity() -> ec.EllipticCurvePrivateKey:
    found = PushIdentity.objects.first()
    if found is None:
        try:
            with transaction.atomic():
                found = PushIdentity.objects.create(private_key=_new_key(), made_at=ports.clock().system_now())
        except IntegrityError:  # another process made it in this moment
            found = PushIdentity.objects.get()
    return ec.derive_private_key(int.from_bytes(from_text(found.private_key), "big"), CURVE)


def public_key() -> str:
    """As a browser wants it (`applicationServerKey`)."""
    return to_text(public_of(identity()))


def _new_key() -> str:
    number = ec.generate_private_key(CURVE).private_numbers().private_value
    return to_text(number.to_bytes(COORDINATE, "big"))


def authorization(endpoint: str, now: datetime) -> str:
    """The header's value for one push service: a token that says who asks, and holds for half a day."""
    key = identity()
    address = urlsplit(endpoint)
    claims = {
        "aud": f"{address.scheme}://{address.netloc}",
        "exp": int((now + HOLDS_FOR).timestamp()),
        "sub": f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
    }
    signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    signature = to_text(r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big"))
    return f"vapid t={signed}.{signature}, k={to_text(public_of(key))}"


def _part(value: dict[str, Any]) -> str:
    return to_text(json.dumps(value, separators=(",", ":")).encode())

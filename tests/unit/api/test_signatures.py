"""Signatures after the Standard Webhooks specification."""

from __future__ import annotations

import base64
import hashlib
import hmac
import sys
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from orchestration.triggers.json_body import MalformedBody
from orchestration.triggers.signatures import BadSignature, StaleSignature, UnusableSecret, verify

KEY = b"a key of thirty-two bytes length"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"the key of last year, 32 bytes..").decode()
BODY = b'{"amount": 12}'
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def signed_just_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library compares with the machine's clock, and a long run of tests may come here late."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", datetime.now(UTC))


def _signature(secret: str = SECRET, message_id: str = "msg_1", at: datetime | None = None, body: bytes = BODY) -> str:
    return Webhook(secret).sign(message_id, at or NOW, body.decode())


def _headers(**changed: str) -> dict[str, str]:
    signed = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": _signature(),
    }
    return {**signed, **{name.replace("_", "-"): value for name, value in changed.items()}}


def test_a_signed_message_gives_its_id() -> None:
    assert verify(SECRET, _headers(), BODY, NOW) == "msg_1"


def test_the_signature_is_the_one_that_the_specification_describes() -> None:
    signed = f"msg_1.{int(NOW.timestamp())}.".encode() + BODY
    by_hand = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()

    assert verify(SECRET, _headers(webhook_signature=f"v1,{by_hand}"), BODY, NOW) == "msg_1"


def test_one_of_several_signatures_is_enough_while_a_secret_changes() -> None:
    both = f"{_signature(OLD_SECRET)} v1a,of-another-kind {_signature()}"

    assert verify(SECRET, _headers(webhook_signature=both), BODY, NOW) == "msg_1"


WRONG = [
    ({"webhook_id": ""}, "no id"),
    ({"webhook_id": "msg_2"}, "an id that was not signed"),
    ({"webhook_id": "m" * 256}, "an id that cannot be kept"),
    ({"webhook_id": "msg 1"}, "a blank in the id"),
    ({"webhook_id": "msg_\u00e9"}, "an id beyond ASCII"),
    ({"webhook_timestamp": ""}, "no timestamp"),
    ({"webhook_timestamp": "soon"}, "no number"),
    ({"webhook_timestamp": "1e9"}, "a number, but not as it is written"),
    ({"webhook_timestamp": "-5"}, "before time began"),
    ({"webhook_timestamp": "nan"}, "a number that is none"),
    ({"webhook_signature": ""}, "no signature"),
    ({"webhook_signature": "v1,"}, "an empty one"),
    ({"webhook_signature": "v1"}, "without a comma"),
    ({"webhook_signature": "v1,!!!!"}, "not base64"),
    ({"webhook_signature": "v2," + "A" * 43 + "="}, "of an unknown version"),
    ({"webhook_signature": "v1," + "A" * 43 + "="}, "a made-up one"),
    ({"webhook_signature": _signature(OLD_SECRET)}, "by another secret"),
    ({"webhook_signature": _signature(body=b'{"amount": 13}')}, "of another body"),
    ({"webhook_signature": " ".join(["v1," + "A" * 43 + "="] * 16 + [_signature()])}, "behind too many others"),
]


@pytest.mark.parametrize(("changed", "remark"), WRONG, ids=[remark for _, remark in WRONG])
def test_a_message_that_is_not_proven_is_refused(changed: dict[str, str], remark: str) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, _headers(**changed), BODY, NOW)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_and_one_from_the_future_are_stale(minutes: int) -> None:
    then = NOW + timedelta(minutes=minutes)
    headers = _headers(webhook_timestamp=str(int(then.timestamp())), webhook_signature=_signature(at=then))

    with pytest.raises(StaleSignature):
        verify(SECRET, headers, BODY, NOW)


def test_a_body_that_is_no_text_is_malformed() -> None:
    with pytest.raises(MalformedBody):
        verify(SECRET, _headers(), b"\xff\xfe", NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "whsec_é"])
def test_an_unusable_secret_proves_nothing(secret: str) -> None:
    with pytest.raises(UnusableSecret):
        verify(secret, _headers(), BODY, NOW)

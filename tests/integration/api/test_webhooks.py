"""Webhooks that come in: what is taken, what is refused and how, and that nothing is half done."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from standardwebhooks import Webhook

from orchestration import api
from reviewhub.api.conf import WEBHOOK_MAX_BYTES
from reviewhub.reviews.models import ReviewTask
from tests.integration.api.office import SECRET, Caller, Office, signed
from tests.integration.api.texts import PURCHASE

HOOK = "/hooks/purchases/"
PENS = b'{"request": "pens", "amount": 12}'


@pytest.fixture
def shop(office: Office, stranger: Caller) -> Caller:
    """The sender: it has a secret, and neither a token nor a session."""
    return stranger


def _connection() -> Any:
    return apps.get_model("orchestration", "Connection")._default_manager.get(name="shop")


def _nothing_was_done() -> bool:
    return not api.runs().exists() and not ReviewTask.objects.exists()


def test_a_signed_event_starts_a_run_and_is_told_its_address(office: Office, shop: Caller) -> None:
    answer = shop.post(HOOK, PENS, **signed(PENS))

    assert answer.status_code == 202
    said = answer.json()
    assert answer.headers["Location"] == said["url"] == f"/api/v1/runs/{said['run_id']}/"
    assert (said["created"], said["reason"]) == (True, "new")
    run = office.calls(office.engineer).get(said["url"]).json()
    assert (run["source"], run["event_id"], run["input"]["request"]) == ("webhook:purchases", "msg_1", "pens")
    assert ReviewTask.objects.get().title == "Buy pens"


def test_the_same_event_twice_is_one_run(shop: Caller) -> None:
    first = shop.post(HOOK, PENS, **signed(PENS)).json()
    other = b'{"request": "ink", "amount": 1}'

    again = shop.post(HOOK, PENS, **signed(PENS))
    with_another_body = shop.post(HOOK, other, **signed(other))

    for answer in (again, with_another_body):
        assert answer.status_code == 200
        assert answer.headers["Location"] == first["url"]
        assert answer.json() == {**first, "created": False, "reason": "event"}
    assert api.runs().count() == 1


def test_another_event_about_the_same_request_finds_the_open_run(shop: Caller) -> None:
    first = shop.post(HOOK, PENS, **signed(PENS, "msg_1")).json()

    second = shop.post(HOOK, PENS, **signed(PENS, "msg_2"))

    assert (second.status_code, second.json()) == (200, {**first, "created": False, "reason": "key"})


def test_the_signature_of_an_old_or_a_new_secret_is_enough_while_it_changes(shop: Caller) -> None:
    old = signed(PENS, secret="whsec_b2xkIG9sZCBvbGQgb2xkIG9sZCBvbGQgb2xkIQ==")
    both = {**old, "webhook_signature": f"{old['webhook_signature']} {signed(PENS)['webhook_signature']}"}

    assert shop.post(HOOK, PENS, **old).status_code == 401
    assert shop.post(HOOK, PENS, **both).status_code == 202


UNPROVEN = [
    ({"webhook_id": ""}, "no id"),
    ({"webhook_timestamp": ""}, "no time"),
    ({"webhook_signature": ""}, "no signature"),
    ({"webhook_id": "", "webhook_timestamp": "", "webhook_signature": ""}, "not signed at all"),
    ({"webhook_id": "msg_2"}, "signed for another id"),
    ({"webhook_signature": "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "made up"),
    ({"webhook_signature": "v1,??"}, "no base64"),
    ({"webhook_timestamp": "yesterday"}, "no number"),
]


@pytest.mark.parametrize(("changed", "remark"), UNPROVEN, ids=[remark for _, remark in UNPROVEN])
def test_an_event_that_is_not_proven_is_refused(shop: Caller, changed: dict[str, str], remark: str) -> None:
    answer = shop.post(HOOK, PENS, **{**signed(PENS), **changed})

    assert (answer.status_code, answer.json()["type"]) == (401, "/api/problems/signature/")
    assert answer.headers["WWW-Authenticate"].startswith("StandardWebhooks")
    assert _nothing_was_done()


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365])
def test_an_event_that_was_signed_at_another_time_is_stale(shop: Caller, minutes: int) -> None:
    answer = shop.post(HOOK, PENS, **signed(PENS, at=datetime.now(UTC) + timedelta(minutes=minutes)))

    assert (answer.status_code, answer.json()["type"]) == (401, "/api/problems/stale-signature/")
    assert _nothing_was_done()


MALFORMED = [
    (b"", "empty"),
    (b"request=pens&amount=12", "a form"),
    (b'{"request": "pens", "amount": 12', "cut off"),
    (b"[]", "a list"),
    (b"null", "null"),
    (b'{"request": "a", "request": "b", "amount": 1}', "a name twice"),
    (b'{"request": "pens", "amount": NaN}', "NaN"),
    (b'{"request": "pens", "amount": 1e999}', "infinite"),
    (b'{"request": "pens\\u0000", "amount": 1}', "NUL"),
    (b'{"request": "pens", "amount": 1, "\\u0000": 1}', "NUL in a name"),
    (b'{"request": "\\ud800", "amount": 1}', "half of a pair"),
    (b'{"request": "pens", "lines": ' + b"[" * 5000 + b"]" * 5000 + b"}", "nested absurdly"),
    (b'{"request": "pens", "amount": ' + b"1" * 5000 + b"}", "a number without end"),
]


@pytest.mark.parametrize(("body", "remark"), MALFORMED, ids=[remark for _, remark in MALFORMED])
def test_a_malformed_event_is_refused(shop: Caller, body: bytes, remark: str) -> None:
    answer = shop.post(HOOK, body, **signed(body))

    assert (answer.status_code, answer.json()["type"]) == (400, "/api/problems/malformed/")
    assert _nothing_was_done()


def test_a_body_that_is_no_utf_8_is_malformed(shop: Caller) -> None:
    answer = shop.post(HOOK, b'{"request": "\xff"}', **signed(PENS))

    assert answer.status_code == 400


def test_an_event_against_the_schema_is_refused_with_the_path_of_every_fault(shop: Caller) -> None:
    body = json.dumps({"request": 5, "amount": -1, "lines": [{"pieces": "two"}], "colour": "red"}).encode()

    answer = shop.post(HOOK, body, **signed(body))

    assert answer.status_code == 422
    paths = {fault["path"] for fault in answer.json()["errors"]}
    assert {"/request", "/amount", "/lines/0", "/lines/0/pieces"} <= paths
    assert _nothing_was_done()


def test_a_refused_event_may_come_again_once_it_is_right(shop: Caller) -> None:
    wrong = b'{"request": "pens"}'
    assert shop.post(HOOK, wrong, **signed(wrong)).status_code == 422

    assert shop.post(HOOK, PENS, **signed(PENS)).status_code == 202


def test_an_oversized_event_is_refused(shop: Caller) -> None:
    body = b'{"request": "' + b"x" * WEBHOOK_MAX_BYTES + b'"}'

    answer = shop.post(HOOK, body, **signed(body))

    assert (answer.status_code, answer.json()["type"]) == (413, "/api/problems/too-large/")
    assert _nothing_was_done()


@pytest.mark.parametrize("path", ["/hooks/", "/hooks/other/", "/hooks/purchases", "/hooks/purchases/x/", "/hooks/%00/"])
def test_an_unknown_address_is_not_found(shop: Caller, path: str) -> None:
    answer = shop.post(path, PENS, **signed(PENS))

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_events_are_posted(shop: Caller, method: str) -> None:
    answer = shop.send(method, HOOK, PENS, **signed(PENS))

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert _nothing_was_done()


def test_an_address_follows_the_current_version(office: Office, shop: Caller) -> None:
    moved = PURCHASE.replace("path: purchases", "path: orders")
    assert shop.post(HOOK, PENS, **signed(PENS, "msg_1")).status_code == 202

    api.publish_workflow(text=moved, note="", actor=api.SYSTEM)

    assert shop.post(HOOK, PENS, **signed(PENS, "msg_2")).status_code == 404
    assert shop.post("/hooks/orders/", PENS, **signed(PENS, "msg_1")).status_code == 200
    api.activate_version(workflow="purchase", number=1, actor=api.SYSTEM)
    assert shop.post("/hooks/orders/", PENS, **signed(PENS, "msg_3")).status_code == 404


def test_a_secret_that_was_changed_counts_at_once(shop: Caller) -> None:
    other = "whsec_bmV3IG5ldyBuZXcgbmV3IG5ldyBuZXcgbmV3IG5ldw=="
    connection = _connection()
    connection.secret = other
    connection.save()

    assert shop.post(HOOK, PENS, **signed(PENS)).status_code == 401
    assert shop.post(HOOK, PENS, **signed(PENS, secret=other)).status_code == 202


@pytest.mark.parametrize("change", [{"enabled": False}, {"secret": ""}, {"secret": "whsec_"}])
def test_while_a_sender_cannot_be_proven_it_is_asked_to_come_again(shop: Caller, change: dict[str, Any]) -> None:
    connection = _connection()
    for name, value in change.items():
        setattr(connection, name, value)
    connection.save()

    answer = shop.post(HOOK, PENS, **signed(PENS))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert _nothing_was_done()


def test_neither_the_secret_nor_a_signature_reaches_a_log_or_an_answer(
    shop: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = signed(PENS)
    answers = [
        shop.post(HOOK, PENS, **headers),
        shop.post(HOOK, b"{}", **headers),
        shop.post(HOOK, PENS, **{**headers, "webhook_timestamp": "1"}),
    ]

    said = caplog.text + "".join(str(answer.headers) + answer.content.decode() for answer in answers)
    assert SECRET not in said
    assert SECRET.removeprefix("whsec_") not in said
    assert headers["webhook_signature"] not in said


def test_what_a_sender_wrote_cannot_forge_a_line_of_the_log(shop: Caller, caplog: pytest.LogCaptureFixture) -> None:
    body = b'{"request": "pens\\nERROR forged", "amount": 1}'
    shop.post(HOOK, body, **signed(body))
    shop.post("/hooks/x%0aERROR forged/", body, **signed(body))

    assert not [record for record in caplog.records if "\nERROR forged" in record.getMessage()]


def test_a_webhook_asks_the_database_a_bounded_number_of_times(
    shop: Caller, django_assert_max_num_queries: Any
) -> None:
    shop.post(HOOK, PENS, **signed(PENS))
    ink = b'{"request": "ink", "amount": 1}'
    headers = signed(ink, "msg_2")

    with django_assert_max_num_queries(11):
        assert shop.post(HOOK, ink, **headers).status_code == 202
    with django_assert_max_num_queries(2):
        assert shop.post(HOOK, ink, **headers).status_code == 200


def test_the_package_that_others_sign_with_is_understood(shop: Caller) -> None:
    now = datetime.now(UTC)
    headers = {
        "Webhook-Id": "msg_9",
        "Webhook-Timestamp": str(int(now.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign("msg_9", now, PENS.decode()),
    }

    assert shop.post(HOOK, PENS, **headers).status_code == 202

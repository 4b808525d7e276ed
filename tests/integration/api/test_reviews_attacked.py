"""Requests for reviews as somebody sends them who means harm, or whose program is broken: refused in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.api.office import Caller, Office
from tests.integration.api.requested import REFUND

pytestmark = pytest.mark.sqlite  # it is refused before a database is asked

DEEP: Any = "x"
for _ in range(400):
    DEEP = {"in": DEEP}


def raw(name: str, text: str) -> bytes:
    """The request with one value as it stands in the JSON, for what no library writes."""
    return json.dumps({**REFUND, name: "@@"}).replace('"@@"', text).encode()


STRANGE = {
    "a NUL": raw("title", '"a\\u0000b"'),
    "half of a pair": raw("title", '"a\\ud800b"'),
    "not a number": raw("context", '{"facts": {"amount": NaN}}'),
    "infinity": raw("context", '{"facts": {"amount": 1e999}}'),
    "a number of 5,000 digits": raw("context", '{"facts": {"amount": ' + "9" * 5000 + "}}"),
    "nested without end": raw("context", json.dumps({"facts": DEEP})),
    "nested beyond reading": b"[" * 100_000,
    "a list": b"[]",
    "null": b"null",
    "a text": b'"title"',
    "no JSON": b"{title: 1}",
    "not UTF-8": b'{"title": "\xff"}',
    "a field called as Python would": raw("fields", '{"__class__": {"value": 1}}'),
    "a field with a quote": raw("fields", '{"a\'] + input.case[\'b": {"value": 1}}'),
    "an outcome with a quote": raw("outcomes", '{"a\' || true": {"label": "A"}}'),
    "outcomes without end": raw("outcomes", json.dumps([f"o{number}" for number in range(5000)])),
    "a due time of ages": raw("sla", '{"due": "99999999999d"}'),
    "a due time of nothing": raw("sla", '{"due": "-1h"}'),
    "an expression in the queue": raw("queue", '"${ input.case.queue }"'),
    "an expression in the owner": raw("owner", '"${ 1 }"'),
    "excluding nothing": raw("exclude", '[""]'),
    "a key of a megabyte": raw("metadata", json.dumps({"k" * 1_000_000: 1})),
    "facts of nearly two megabytes": raw("context", json.dumps({"facts": {"text": "é" * 600_000}})),
    "more than may be sent": raw("context", json.dumps({"facts": {"text": "e" * 3_000_000}})),
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
def test_whatever_is_sent_is_answered_in_words(shop: Caller, body: bytes) -> None:
    answer = shop.post("/api/v1/reviews/", body)
    assert answer.status_code in (201, 400, 413, 422), answer.content[:500]
    if answer.status_code == 201:
        assert shop.get(answer.json()["url"]).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://shop.example@evil.example/",
        "https://shop.example.evil.example/",
        "https://shop.example/hooks/../../admin",
        "https://shop.example/hooks/%2e%2e/admin",
        "https://shop.example/hooks\\@evil.example/",
        "https://shop.example/hooks#x",
        "https://ѕhop.example/hooks/",
        "https://shop.example:8443/hooks/",
        "http://shop.example/hooks/",
        "file:///etc/passwd",
        "gopher://shop.example/hooks/",
        "javascript:alert(1)",
        "//shop.example/hooks/",
    ],
)
def test_nobody_is_called_whom_no_connection_names(shop: Caller, url: str) -> None:
    from django.apps import apps

    connections = apps.get_model("orchestration", "Connection")
    connections._default_manager.create(
        name="out", kind="callback", base_url="https://shop.example/hooks", secret="whsec_c2VjcmV0c2VjcmV0c2VjcmV0"
    )
    answer = shop.post("/api/v1/reviews/", {**REFUND, "callback_url": url})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "/callback_url")


def test_another_systems_token_finds_changes_and_withdraws_nothing(office: Office, shop: Caller) -> None:
    review = shop.post("/api/v1/reviews/", REFUND).json()
    other = office.calls(office.engineer, "reviews:create", "reviews:read", kind="service")
    for answer in (other.get(review["url"]), other.delete(review["url"]), Caller().get(review["url"])):
        assert answer.status_code in (401, 404)
    assert other.get("/api/v1/reviews/").json()["items"] == []
    assert shop.get(review["url"]).json()["state"] == "waiting"

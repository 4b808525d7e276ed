"""What only shows on a real server: bodies that come in pieces, and headers as they are sent."""

from __future__ import annotations

from collections.abc import Iterator

import httpx

from reviewhub.api.conf import WEBHOOK_MAX_BYTES
from tests.integration.api.office import Office, signed
from tests.support.live_site import LiveSite

PENS = b'{"request": "pens", "amount": 12}'


def _pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // 65_536):
        yield b"x" * 65_536


def _headers() -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in signed(PENS).items()}


def test_an_endless_body_is_answered_before_it_ends(live_site: LiveSite) -> None:
    with httpx.Client() as client:
        answer = client.post(f"{live_site.url}/hooks/purchases/", content=_pieces(2 * WEBHOOK_MAX_BYTES))

    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_a_declared_length_beyond_the_limit_is_refused(live_site: LiveSite) -> None:
    with httpx.Client() as client:
        answer = client.post(f"{live_site.url}/hooks/purchases/", content=b"x" * (2 * WEBHOOK_MAX_BYTES))
        after = client.get(f"{live_site.url}/healthz")

    assert (answer.status_code, after.status_code) == (413, 200)


def test_a_signed_event_is_taken_over_http_and_needs_neither_cookie_nor_token(live_site: LiveSite) -> None:
    Office()

    answer = httpx.post(f"{live_site.url}/hooks/purchases/", content=PENS, headers=_headers())

    assert answer.status_code == 202
    assert "set-cookie" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_event_in_pieces_is_one_event(live_site: LiveSite) -> None:
    Office()

    answer = httpx.post(f"{live_site.url}/hooks/purchases/", content=iter([PENS[:9], PENS[9:]]), headers=_headers())

    assert answer.status_code == 202

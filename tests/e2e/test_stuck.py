"""What is stuck, in a browser: empty and full, wide and on the phone, light and dark, by keyboard and by touch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from orchestration import api
from orchestration.exceptions import PermanentError
from orchestration.models import LimitSetting, OutboxMessage, ReceivedEvent
from orchestration.runtime import outbox
from tests.e2e.conftest import SIZES, both_widths, use
from tests.support.bench import NOON
from tests.support.browser import Visitor
from tests.support.live_site import LiveSite
from tests.support.studio import Studio, studio

pytestmark = pytest.mark.browser


@pytest.fixture
def office(live_site: LiveSite, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    def refuse(payload: object, key: str) -> None:
        raise ConnectionError("The chat server at chat.example.com does not listen on port 443.")

    monkeypatch.setitem(outbox._handlers, "letters", refuse)
    with studio() as made:
        for queue in ("tools", "ai", "orchestration"):
            api.beat(api.heart_of(queue))
        yield made
    LimitSetting.objects.all().delete()
    api.refresh_limits()


def fill(office: Studio, letters: int) -> None:
    office.order.script = [PermanentError("erp.example.com answered 422: No such cost centre.", code="http_422")]
    office.decide(office.start("pens"), "approve")
    ReceivedEvent.objects.create(
        name="invoice.paid", key="I-1", event_id="e1", payload={}, sender="ERP",
        received_at=NOON, stored_at=NOON, refused_at=NOON,
        refusals=[{"workflow": "settlement", "faults": [{"path": "/sum", "message": "'much' is no number"}]}],
    )  # fmt: skip
    for number in range(letters):
        api.send_later(topic="letters", key=f"order-{number:03}", payload={})
    OutboxMessage.objects.update(attempts=3, last_error="ConnectionError: chat.example.com does not listen.")


@both_widths
def test_the_page_is_readable_for_everybody_empty_and_full(
    live_site: LiveSite,
    office: Studio,
    visit: Callable[..., Visitor],
    axe: Callable[..., Any],
    size: str,
) -> None:
    visitor = visit(live_site.url, *SIZES[size])
    visitor.sign_in(office.named("olga"))
    page = visitor.page
    page.goto("/stuck/")
    expect(page.get_by_role("heading", name="Nothing is stuck")).to_be_visible()
    _looked_at(page, f"empty-{size}")
    assert axe(page, both_schemes=True) == []
    LimitSetting.objects.create(
        subject="tool:erp.order", calls=20, seconds=60, concurrency=3, adaptive=True, failures=5
    )
    page.goto("/limits/")
    expect(page.get_by_text("0 under way of 3 at a time, 20 of 20 calls left")).to_be_visible()
    _looked_at(page, f"limits-{size}")
    assert axe(page, both_schemes=True) == []
    fill(office, 300)
    for address, name in (("/stuck/", "all"), ("/stuck/?kind=message", "messages")):
        page.goto(address)
        expect(page.get_by_role("button", name="Send now: letters order-000")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        _looked_at(page, f"{name}-{size}")
        assert axe(page, both_schemes=True) == []


@both_widths
def test_a_message_is_dropped_with_a_reason(
    live_site: LiveSite, office: Studio, visit: Callable[..., Visitor], size: str
) -> None:
    fill(office, 1)
    visitor = visit(live_site.url, *SIZES[size])
    visitor.sign_in(office.named("olga"))
    page = visitor.page
    page.goto("/stuck/?kind=message")
    use(page.locator("summary", has_text="Drop"), size)
    page.get_by_label("Why nobody needs it").fill("told by phone")
    _looked_at(page, f"dropping-{size}")
    use(page.get_by_role("button", name="Drop it"), size)
    expect(page.get_by_text("The message is dropped.")).to_be_visible()
    assert not OutboxMessage.objects.exists()


def _looked_at(page: Page, name: str) -> None:
    """Pictures are kept where somebody asks for them."""
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"stuck-{name}.png")

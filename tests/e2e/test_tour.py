"""The tour's page and the demo's bar in a real browser, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import SIZES
from tests.support.browser import Visitor
from tests.support.installation import Installation

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


def test_the_tour_can_be_read_and_used(installation: Installation, visit: Visit, axe: Callable[..., Any]) -> None:
    installation.start(ready_within=120)

    # By keyboard alone: a small purchase is sent, and its order and its mail appear by themselves.
    page = visit(installation.url).page
    page.goto("/demo/")
    page.locator("button[name=case][value=small]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".tour-sent")).to_contain_text("accepted (202)")
    expect(page.locator(".tour-list").first).to_contain_text("Nordlicht Office", timeout=20_000)
    expect(page.locator(".tour-systems")).to_contain_text("Ordered: Packing material", timeout=20_000)
    expect(page.locator(".tour-trail")).to_contain_text("Purchasing's own rule buys it")

    # The same bytes again start nothing.
    page.locator("button[name=case][value=again]").click()
    expect(page.locator(".tour-sent")).to_contain_text("seen before (200)")

    # A mail that is open to be read stays open when the page renews itself.
    page.locator(".tour-list summary").first.click()
    expect(page.locator(".mail").first).to_be_visible()
    page.wait_for_timeout(4000)
    expect(page.locator(".mail").first).to_be_visible()

    # One click, and somebody else sits at the desk.
    page.get_by_role("button", name="Carol").click()
    expect(page.locator("[aria-pressed=true]")).to_contain_text("Carol")

    for width, height in SIZES.values():
        other = visit(installation.url, width, height).page
        other.goto("/demo/")
        assert not axe(other, both_schemes=True), width
        assert other.evaluate("document.documentElement.scrollWidth") == width

"""The page that draws the API's description, under the strict policy and from our own files alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.integration.api.office import Office
from tests.support.live_site import LiveSite


def test_the_api_is_drawn_and_can_be_tried_in_ones_session(live_site: LiveSite, visit: Callable[..., Any]) -> None:
    office = Office()
    visitor = visit(live_site.url)
    visitor.sign_in(office.alice)
    page = visitor.page

    page.goto("/api/docs/")
    expect(page.locator(".opblock")).not_to_have_count(0)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_class("dark-mode")
    operation = page.locator("#operations-tokens-create_token")
    operation.locator("button.opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea").first.fill('{"name": "from the page", "scopes": ["runs:read"]}')
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table .response-col_status")).to_contain_text(["201"])
    assert office.alice.api_tokens.get().name == "from the page"

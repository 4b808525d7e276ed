"""The desk in a real browser, with a real engine behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from reviewhub.accounts.models import Person
from tests.support.desk_room import DeskRoom, desk_room
from tests.support.live_site import LiveSite

Open = Callable[..., Page]
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
both_widths = pytest.mark.parametrize("size", SIZES)


def use(control: Locator, size: str, key: str = "Enter") -> None:
    """By keyboard where there is one, by a finger on the phone."""
    if size == "wide":
        control.press(key)
    else:
        control.tap()


def press(key: str, control: Locator, size: str) -> None:
    """What has a key is done by it where there is a keyboard, by a finger on the phone."""
    if size == "wide":
        control.page.keyboard.press(key)
    else:
        control.tap()


@pytest.fixture
def room(transactional_db: None) -> Iterator[DeskRoom]:
    with desk_room() as made:
        yield made


@pytest.fixture
def site(room: DeskRoom, live_site: LiveSite) -> LiveSite:
    return live_site


@pytest.fixture
def open_as(visit: Callable[..., Any], site: LiveSite) -> Open:
    """`open_as(person, "/queue/team/", size="phone", scheme="dark")`: that page in a browser of their own.

    `routed`: its requests will be held back or answered by the test. What is on its way while a browser's first route
    comes, or its last one goes, passes every route unseen; so one stands from before the first request to the end.
    """

    def opened(person: Person, path: str, size: str = "wide", scheme: str = "light", *, routed: bool = False) -> Page:
        width, height = SIZES[size]
        visitor = visit(site.url, width=width, height=height, scheme=scheme)
        visitor.sign_in(person)
        page: Page = visitor.page
        if routed:
            page.context.route("**/nobody-asks-for-this", lambda route: route.continue_())
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-live", "on")
        return page

    return opened


@pytest.fixture
def in_hand(visit: Callable[..., Any], site: LiveSite) -> Open:
    """`in_hand(person, "/queue/team/", "phone")`: that page of the installed app."""

    def opened(person: Person, path: str, size: str = "phone", scheme: str = "light") -> Page:
        width, height = SIZES[size]
        visitor = visit(site.url, width=width, height=height, scheme=scheme, installed=True)
        visitor.sign_in(person)
        page: Page = visitor.page
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-live", "on")
        return page

    return opened

"""What is done with a page before its picture is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask

Act = Callable[[Page], None]


def press(*keys: str) -> Act:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(350)

    return act


def click(*selectors: str) -> Act:
    def act(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
            page.wait_for_timeout(350)

    return act


def typed(selector: str, text: str, *keys: str) -> Act:
    def act(page: Page) -> None:
        page.locator(selector).first.fill(text)
        press(*keys)(page)

    return act


def shown(selector: str) -> Act:
    """Waits longer than usual: the API's schema is put together when it is asked for first."""
    return lambda page: page.locator(selector).first.wait_for(timeout=30_000)


def one_after_another(*acts: Act) -> Act:
    def act(page: Page) -> None:
        for each in acts:
            each(page)

    return act


def without_a_socket(page: Page) -> None:
    page.route_web_socket("**/ws/desk/", lambda socket: socket.close())


def answered_by(pattern: str, status: int, body: str) -> Act:
    def act(page: Page) -> None:
        page.route(pattern, lambda route: route.fulfill(status=status, body=body, content_type="text/html"))

    return act


def never_answered(pattern: str) -> Act:
    def act(page: Page) -> None:
        held: list[Route] = []  # one that nobody holds would go on

        def hold(route: Route) -> None:
            held.append(route)

        page.route(pattern, hold)

    return act


def only_card(task: ReviewTask) -> Act:
    """The deck as it is once all but this one have been decided."""
    card = {"id": str(task.pk), "version": task.version, "added": task.added, "changed": True}

    def listed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "total": 1, "cards": [card]})

    def act(page: Page) -> None:
        page.route("**/cards/list/", listed)

    return act


def wait(milliseconds: int) -> Act:
    return lambda page: page.wait_for_timeout(milliseconds)

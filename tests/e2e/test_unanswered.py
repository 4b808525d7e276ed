"""A decision that is not answered as it should be: nothing is lost, nothing counts twice, and the page says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, Request, Route, expect

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Decision, ReviewTask
from tests.e2e.conftest import Open, both_widths
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom

pytestmark = pytest.mark.browser

Axe = Callable[[Page], Any]
DECISION = "**/tasks/*/decision/**"


def half_decided(room: DeskRoom, open_as: Open, size: str) -> tuple[Page, ReviewTask]:
    """Alice has chosen a reason and written why."""
    task = room.case("Northwind")
    room.case("Halden")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size, routed=True)
    page.get_by_role("button", name="Reject").click()
    page.locator("[data-needs-note]").click()
    page.locator("#note").fill("They are being bought")
    return page, task


def sign_in_anew(page: Page, person: Person) -> None:
    """As in another window of the browser: the session is a new one, and so is the token of its forms."""
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    address = page.url.partition("/tasks/")[0]
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])


@both_widths
def test_a_session_that_ends_in_the_middle_of_a_decision_loses_nothing(
    room: DeskRoom, open_as: Open, axe: Axe, size: str
) -> None:
    page, task = half_decided(room, open_as, size)
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Reject with this reason").click()
    told = page.get_by_role("alert").filter(has_text="You are signed out")
    expect(told).to_be_visible()
    expect(page.locator("#note")).to_have_value("They are being bought")
    assert not axe(page)
    fits(page)
    assert not Decision.objects.exists()
    sign_in_anew(page, room.people.alice)
    told.get_by_role("button", name="Try again").click()
    expect(page.locator("#task-title")).to_have_text("Halden")
    expect(told).to_be_hidden()
    decision = Decision.objects.get()
    assert (decision.task, decision.outcome, decision.override.note) == (task, "reject", "They are being bought")


def test_who_is_signed_out_while_words_are_on_the_page_keeps_them(
    room: DeskRoom, open_as: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewhub.realtime.hub.CHECKED_FOR", 0.0)
    page, _ = half_decided(room, open_as, "wide")
    room.people.alice.is_active = False
    room.people.alice.save(update_fields=("is_active",))
    room.case("Brightwater")
    expect(page.get_by_role("alert").filter(has_text="You are signed out")).to_be_visible()
    expect(page.locator("#note")).to_have_value("They are being bought")


@both_widths
def test_a_server_that_breaks_is_told_and_asked_again(room: DeskRoom, open_as: Open, axe: Axe, size: str) -> None:
    page, _ = half_decided(room, open_as, size)
    page.route(DECISION, lambda route: route.fulfill(status=500, body="<h1>broken</h1>"))
    page.get_by_role("button", name="Reject with this reason").click()
    told = page.get_by_role("alert").filter(has_text="Something broke on our side")
    expect(told).to_be_visible()
    expect(page.locator("#note")).to_have_value("They are being bought")
    assert not axe(page)
    fits(page)
    page.unroute(DECISION)
    told.get_by_role("button", name="Try again").click()
    expect(page.locator("#task-title")).to_have_text("Halden")
    assert Decision.objects.get().override.note == "They are being bought"


def test_an_answer_that_was_lost_on_its_way_makes_no_second_decision(room: DeskRoom, open_as: Open) -> None:
    page, task = half_decided(room, open_as, "wide")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(DECISION, lose)
    page.get_by_role("button", name="Reject with this reason").click()
    told = page.get_by_role("alert").filter(has_text="No answer came")
    expect(told).to_be_visible()
    assert Decision.objects.get().task == task
    page.unroute(DECISION)
    told.get_by_role("button", name="Try again").click()
    expect(page.locator("#task-title")).to_have_text("Halden")
    assert Decision.objects.get().task == task


@both_widths
def test_a_slow_answer_shows_that_it_is_on_its_way_and_a_second_press_decides_nothing(
    room: DeskRoom, open_as: Open, axe: Axe, size: str
) -> None:
    task = room.case("Northwind")
    room.case("Halden")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size, routed=True)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(DECISION, hold)
    if size == "wide":
        for _ in range(3):
            page.keyboard.press("a")
    else:
        page.get_by_role("button", name="Approve").dblclick()
    expect(page.locator("#task > .loading")).to_have_css("opacity", "1")
    assert not axe(page)
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#task-title")).to_have_text("Halden")
    assert Decision.objects.get().task == task


def is_an_act(sent: Request) -> bool:
    """A page says by itself how far it was seen."""
    return sent.method == "POST" and not sent.url.endswith("/seen/")


def test_keys_pressed_before_a_slow_question_has_come_decide_nothing(room: DeskRoom, open_as: Open, axe: Axe) -> None:
    """Here `d` asks to whom, and its answers are digits, which are outcomes as long as the question is on its way."""
    task, other = room.case("Northwind"), room.case("Halden")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", routed=True)
    expect(page.get_by_role("button", name="Refer to the board")).to_have_attribute("data-key", "1")
    held: list[Route] = []  # one that nobody holds would go on
    decides: list[str] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.on("request", lambda sent: decides.append(sent.url) if is_an_act(sent) else None)
    page.route("**/tasks/*/delegation/**", hold)
    page.route(f"**/tasks/{other.pk}/**", hold)
    with page.expect_request("**/delegation/**"):
        for key in "d1a":
            page.keyboard.press(key)
    assert not axe(page)
    held.pop().continue_()
    expect(page.locator("#panel-title")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#panel-title")).to_have_count(0)
    with page.expect_request(f"**/tasks/{other.pk}/**"):
        for key in ("j", "Enter", "1", "a"):
            page.keyboard.press(key)
    page.unroute(f"**/tasks/{other.pk}/**")
    held.pop().continue_()
    expect(page.locator("#task-title")).to_have_text("Halden")
    assert not decides
    assert not Decision.objects.exists()

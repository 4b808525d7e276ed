"""Card by card: by swipes on the phone, with and without a connection; by keyboard where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Decision
from reviewhub.reviews.services import decide_task, hold_queue
from tests.e2e.conftest import SIZES
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom
from tests.support.live_site import LiveSite

Axe = Callable[[Page], Any]
Carry = Callable[..., Page]


@pytest.fixture
def carry(visit: Callable[..., Any], site: LiveSite) -> Carry:
    """`carry(person)`: the installed app in that person's hand; `size="wide"`: at their desk."""

    def carried(person: Person, scheme: str = "light", size: str = "phone") -> Page:
        width, height = SIZES[size]
        visitor = visit(site.url, width=width, height=height, scheme=scheme, installed=True)
        visitor.sign_in(person)
        page: Page = visitor.page
        page.goto("/cards/")
        return page

    return carried


def title(page: Page, text: str) -> None:
    expect(page.locator("#task-title")).to_have_text(text)


def told(page: Page, how: str) -> None:
    """`how`: "unsent", "sent" or "final". The toast has the words of all three, and shows one."""
    expect(page.locator(f"#toasts [data-{how}]")).to_be_visible()


def swipe(page: Page, to: str) -> None:
    """A finger across two thirds of the card. What follows is clicked: a tap so soon after it is taken for its end."""
    box = page.locator("[data-swipes]").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    across = range(0, round(box["width"] * 0.66), 20)
    start = box["x"] + box["width"] * (0.1 if to == "right" else 0.9)
    points = [{"x": start + (far if to == "right" else -far), "y": box["y"] + 60} for far in across]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def is_ready_to_travel(page: Page) -> None:
    """The worker has what it needs, and answers for this page."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def standing() -> list[tuple[str, str, str]]:
    found = Decision.objects.filter(taken_back_at__isnull=True).select_related("task")
    return sorted((each.task.title, each.outcome, each.channel) for each in found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_swipe_decides_and_buttons_do_too(room: DeskRoom, carry: Carry, axe: Axe, scheme: str) -> None:
    for name in ("Northwind", "Halden", "Brightwater"):
        room.case(name)
    room.case("Kestrel", amount=50_000)
    page = carry(room.people.alice, scheme)
    title(page, "Northwind")
    expect(page.locator("#cards-count")).to_have_text("1 of 4, most urgent first")
    assert not axe(page), "a card"
    swipe(page, "right")
    title(page, "Halden")
    expect(page.locator("#toasts")).to_contain_text("Northwind: Approve")
    swipe(page, "left")
    expect(page.locator("#reasons-title")).to_contain_text("Why?")
    assert not axe(page), "reasons"
    page.locator(".pick", has_text="Policy").click()
    page.get_by_role("button", name="Reject with this reason").click()
    title(page, "Brightwater")
    page.get_by_role("button", name="Approve").click()
    title(page, "Kestrel")
    expect(page.locator("#toasts")).to_contain_text("Brightwater: Approve")
    told(page, "sent")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#said")).to_have_text("Taken back: Brightwater")
    assert standing() == [("Halden", "reject", "app"), ("Northwind", "approve", "app")]


def test_cards_are_decided_by_keyboard_as_well(room: DeskRoom, carry: Carry, axe: Axe) -> None:
    for name in ("Northwind", "Halden"):
        room.case(name)
    room.case("Kestrel", amount=50_000)
    page = carry(room.people.alice, size="wide")
    title(page, "Northwind")
    assert not axe(page), "a card"
    fits(page)
    page.keyboard.press("a")
    title(page, "Halden")
    page.keyboard.press("r")
    expect(page.locator("#reasons-title")).to_contain_text("Why?")
    page.keyboard.press("Escape")
    expect(page.locator("#reasons-title")).to_be_hidden()
    page.keyboard.press("l")  # later
    title(page, "Kestrel")
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Yes, approve")).to_be_focused()
    page.keyboard.press("Enter")
    title(page, "Halden")
    expect(page.locator("#toasts")).to_contain_text("Kestrel: Approve")
    told(page, "final")
    assert standing() == [("Kestrel", "approve", "app"), ("Northwind", "approve", "app")]


def test_a_held_queue_says_so_above_the_cards_and_takes_no_room_otherwise(
    room: DeskRoom, carry: Carry, axe: Axe
) -> None:
    room.case("Northwind")
    page = carry(room.people.alice)
    title(page, "Northwind")
    expect(page.locator("#cards-held")).to_be_empty()
    hold_queue(queue=room.people.finance, reason="The ERP moves", actor=room.people.carol)
    page.reload()
    title(page, "Northwind")
    expect(page.locator("#cards-held")).to_contain_text("Finance is held by Carol Nyström")
    expect(page.locator("#cards-held")).to_contain_text("The ERP moves")
    assert not axe(page)
    fits(page)


def test_a_high_risk_takes_one_more_tap_after_a_swipe(room: DeskRoom, carry: Carry, axe: Axe) -> None:
    room.case("Kestrel", amount=50_000)
    page = carry(room.people.alice)
    title(page, "Kestrel")
    swipe(page, "right")
    expect(page.get_by_role("button", name="Yes, approve")).to_be_focused()
    assert not Decision.objects.exists()
    assert not axe(page), "confirmation"
    page.get_by_role("button", name="Yes, approve").click()
    expect(page.get_by_role("heading", name="No card is left")).to_be_visible()
    told(page, "final")
    assert not axe(page), "nothing left"
    assert Decision.objects.get().confirmed


def test_what_is_decided_without_a_connection_is_sent_once(room: DeskRoom, carry: Carry, axe: Axe) -> None:
    for name in ("Northwind", "Halden"):
        room.case(name)
    page = carry(room.people.alice)
    title(page, "Northwind")
    is_ready_to_travel(page)
    page.context.set_offline(True)
    page.reload()  # the app starts without a connection
    title(page, "Northwind")
    page.get_by_role("button", name="Approve").click()
    title(page, "Halden")
    expect(page.locator("#cards-offline")).to_contain_text("1 kept")
    told(page, "unsent")
    assert not axe(page), "without a connection"
    assert not Decision.objects.exists()
    page.goto("/queue/team/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    assert not axe(page), "in the place of a page"
    page.get_by_role("link", name="Card by card").click()
    title(page, "Halden")
    page.context.set_offline(False)
    expect(page.locator("#cards-offline")).to_be_hidden()
    told(page, "sent")
    assert standing() == [("Northwind", "approve", "app")]
    assert Decision.objects.count() == 1


def test_who_is_late_is_told_and_the_decision_stays_in_view(room: DeskRoom, carry: Carry, axe: Axe) -> None:
    task, _ = room.case("Northwind"), room.case("Halden")
    page = carry(room.people.alice)
    title(page, "Northwind")
    is_ready_to_travel(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Approve").click()
    title(page, "Halden")
    decide_task(task_id=task.pk, actor=room.people.carol, outcome="refer")
    page.context.set_offline(False)
    refused = page.locator(".refused")
    expect(refused).to_contain_text("Not taken: Northwind, Approve")
    expect(refused).to_contain_text("Carol")
    assert not axe(page), "not taken"
    page.reload()
    expect(page.locator(".refused")).to_contain_text("Not taken: Northwind, Approve")
    page.get_by_role("button", name="Put away").click()
    expect(page.locator(".refused")).to_have_count(0)
    assert standing() == [("Northwind", "refer", "web")]


def test_signing_out_leaves_nothing_of_ones_own_on_the_device(room: DeskRoom, carry: Carry) -> None:
    room.case("Northwind")
    page = carry(room.people.alice)
    title(page, "Northwind")
    is_ready_to_travel(page)
    page.goto("/queue/mine/#side")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")
    kept = page.evaluate(
        """async () => {
          const texts = [JSON.stringify(localStorage)];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys())
              texts.push(await (await caches.match(request)).text());
          return texts.join("\\n");
        }"""
    )
    assert not [secret for secret in ("Northwind", "Alice", "alice") if secret in kept]
    page.context.set_offline(True)
    page.goto("/cards/")
    expect(page.get_by_role("heading", name="No card is on this device")).to_be_visible()

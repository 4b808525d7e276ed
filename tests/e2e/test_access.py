"""axe finds nothing, in every state, at both widths, light and dark; and touch is enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, comment_on_task, decide_task
from tests.e2e.conftest import SIZES, Open, both_widths
from tests.support.desk_room import DeskRoom

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
Axe = Callable[..., Any]


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than its window."


@both_widths
def test_the_desk_in_every_state(room: DeskRoom, open_as: Open, axe: Axe, size: str) -> None:
    people = room.people
    room.advises.confidence = 0.71
    task = room.case("Northwind", amount=18_400, quotation="Payment 30 % with the order. " * 20)
    for number in range(3):
        room.case(f"{LONG} {number}")
    claim_task(task_id=task.pk, actor=people.alice)
    comment_on_task(task_id=task.pk, actor=people.carol, text=f"Look at {LONG * 3}")
    page = open_as(people.alice, "/queue/team/", size)
    for path in ("/queue/team/", "/queue/escalated/", "/notices/", "/keys/", f"/tasks/{task.pk}/?view=team"):
        page.goto(path)
        assert not axe(page, both_schemes=True), path
        fits(page)
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#reasons-title")).to_be_visible()
    assert not axe(page, both_schemes=True), "the reasons"
    fits(page)
    decide_task(task_id=ReviewTask.objects.exclude(pk=task.pk)[0].pk, actor=people.alice, outcome="approve")
    page.reload()
    expect(page.locator("#toasts .toast", has_text="Nothing has gone out yet")).to_be_visible()
    assert not axe(page, both_schemes=True), "the undo"
    fits(page)


@both_widths
def test_signing_in_and_what_cannot_be_found(room: DeskRoom, site: Any, visit: Any, axe: Axe, size: str) -> None:
    page = visit(site.url, *SIZES[size]).page
    page.goto("/sign-in/")
    assert not axe(page, both_schemes=True)
    page.get_by_label("E-mail address").fill("alice@example.com")
    page.get_by_label("Password").fill("not this one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert not axe(page, both_schemes=True)
    page.goto("/nowhere/")
    expect(page.get_by_role("heading")).to_contain_text("There is nothing at this address")
    assert not axe(page, both_schemes=True)
    fits(page)


def test_on_the_phone_a_task_is_one_card_and_a_tap_decides(room: DeskRoom, open_as: Open) -> None:
    task, following = room.case("Northwind"), room.case("Halden")
    page = open_as(room.people.alice, "/queue/team/", "phone")
    expect(page.locator("#task")).to_be_hidden()
    page.get_by_role("link", name="Northwind").click()
    expect(page.locator("#task-title")).to_have_text("Northwind")
    expect(page.locator(".list")).to_be_hidden()
    for name in ("Reject", "Approve"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert box["height"] >= 56
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#task-title")).to_have_text("Halden")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#task-title")).to_have_text("Northwind")
    assert not Decision.objects.filter(taken_back_at__isnull=True).exists()
    page.get_by_role("link", name="Back to the queue").click()
    expect(page.get_by_role("link", name="Halden")).to_be_visible()
    assert {task.pk, following.pk}


def test_the_drawer_opens_closes_and_gives_the_focus_back(room: DeskRoom, open_as: Open) -> None:
    page = open_as(room.people.alice, "/queue/team/", "phone")
    menu = page.get_by_role("link", name="Menu")
    menu.click()
    expect(page.get_by_role("link", name="Escalated to me")).to_be_visible()
    expect(page.get_by_role("link", name="Close the menu")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Escalated to me")).to_be_hidden()
    expect(menu).to_be_focused()


def test_a_day_of_the_viewer_and_not_of_the_server(room: DeskRoom, open_as: Open) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/")
    expect(page.locator(".due")).to_contain_text("Due today 22:00, Helsinki")
    expect(page.locator(f"#row-{task.pk} [data-when]")).to_have_text("Due 22:00")

"""Asking, snoozing, delegating, declining and escalating, by keyboard and by touch, with axe on every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.notifications.questions import link_to
from reviewhub.reviews.models import Assignment, InformationRequest, ReviewTask
from reviewhub.reviews.services import ask_for_information, claim_task
from tests.e2e.conftest import SIZES, Open
from tests.e2e.test_access import fits
from tests.e2e.test_leading import looked_at
from tests.support.desk_room import DeskRoom

Axe = Callable[[Page], Any]
PANELS = {"i": "What do you need", "d": "Who should decide", "z": "Until when", "e": "Escalate", "n": "Why should"}


def told(page: Page, text: str) -> None:
    expect(page.locator("#toasts .toast", has_text=text)).to_be_visible()


def test_a_question_is_asked_by_keyboard_and_its_answer_shows_at_once(
    room: DeskRoom, open_as: Open, visit: Any, site: Any
) -> None:
    task = room.case("Northwind")
    room.case("Halden")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team")
    page.keyboard.press("i")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("a question, r u sure?")  # no key of it decides anything
    page.keyboard.press("Control+Enter")
    expect(page.locator("#task-title")).to_have_text("Halden")
    told(page, "priya@example.com was asked")
    expect(page.locator(f"#row-{task.pk}")).to_have_count(0)
    page.goto(f"/tasks/{task.pk}/?view=aside")
    expect(page.locator("#task-head")).to_contain_text("Its clock stands still")
    outside = visit(site.url, width=390, height=844, scheme="light").page
    outside.goto("/" + link_to(InformationRequest.objects.get()).partition("//")[2].partition("/")[2])
    outside.get_by_label("Your answer").fill("LAB-330")
    outside.get_by_role("button", name="Send the answer").click()
    expect(outside.get_by_role("heading", name="Your answer has arrived")).to_be_visible()
    expect(page.locator("#task-head")).to_contain_text("Claimed by you")
    expect(page.locator("#task-history")).to_contain_text("LAB-330")


def test_what_is_set_aside_is_taken_up_again_with_one_key(room: DeskRoom, open_as: Open) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team")
    page.keyboard.press("z")
    expect(page.locator("#panel-title")).to_have_text("Until when?")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    told(page, "Snoozed")
    page.goto(f"/tasks/{task.pk}/?view=aside")
    page.keyboard.press("w")
    expect(page.locator("#task-head")).to_contain_text("Claimed by you")


def test_a_task_is_delegated_and_the_other_has_it_at_once(room: DeskRoom, open_as: Open) -> None:
    task, people = room.case(), room.people
    bob = open_as(people.bob, "/queue/mine/")
    page = open_as(people.alice, f"/tasks/{task.pk}/?view=team")
    page.keyboard.press("d")
    expect(page.locator("#panel-title")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    told(page, "Given to Bob Tan")
    expect(bob.get_by_role("link", name="Northwind")).to_be_visible()
    assert Assignment.objects.get(person=people.bob).asked_by == people.alice


def test_declining_needs_words_and_escape_leaves_everything_as_it_was(room: DeskRoom, open_as: Open) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team")
    page.keyboard.press("n")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#panel-title")).to_be_visible()  # the browser asks for the words
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    page.keyboard.press("n")
    page.locator("#note").fill("I know them privately.")
    page.get_by_role("button", name="Decline").click()
    told(page, "Declined")
    assert Assignment.objects.get(task=task).ended == "declined"


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_every_question_in_place_is_usable_by_everybody(
    room: DeskRoom, open_as: Open, axe: Axe, size: str, scheme: str
) -> None:
    task, alice = room.case("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk GmbH"), room.people.alice
    page = open_as(alice, f"/tasks/{task.pk}/?view=team", size, scheme)
    for key, title in PANELS.items():
        page.keyboard.press(key)
        expect(page.locator("#panel-title")).to_contain_text(title)
        assert not axe(page), title
        fits(page)
        page.keyboard.press("Escape")
        expect(page.locator("#panel-title")).to_have_count(0)
    page.keyboard.press(".")
    expect(page.locator(".menu > ul")).to_be_visible()
    assert not axe(page), "the menu"
    fits(page)
    asked = ask_for_information(task_id=task.pk, actor=alice, text="Which cost centre? " * 20)
    page.goto(f"/tasks/{task.pk}/?view=aside")
    assert not axe(page), "asked"
    fits(page)
    page.goto("/" + link_to(asked).partition("//")[2].partition("/")[2])
    assert not axe(page), "the requester's page"
    fits(page)


def test_on_the_phone_the_rest_is_under_the_thumb(room: DeskRoom, open_as: Open) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", "phone")
    page.locator(".menu > summary").click()
    box = page.locator(".menu").get_by_role("link", name="Snooze").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= SIZES["phone"][0]
    page.locator(".menu").get_by_role("link", name="Snooze").click()
    page.get_by_text("One hour").click()
    page.get_by_role("button", name="Snooze").click()
    expect(page.locator("#task-title")).to_have_count(0)
    assert ReviewTask.objects.get(pk=task.pk).status == "snoozed"


@pytest.mark.parametrize(("size", "scheme"), [("wide", "dark"), ("phone", "light")])
def test_whoever_has_it_is_reminded_by_one_key_and_then_not_for_a_while(
    room: DeskRoom, open_as: Open, axe: Axe, size: str, scheme: str
) -> None:
    task = room.case("A supplier whose name does not end where one would think that it has to end")
    claim_task(task_id=task.pk, actor=room.people.alice)
    page = open_as(room.people.carol, f"/tasks/{task.pk}/?view=team", size, scheme)
    for title in ("Remind Alice Moreau?", "Remind again?"):
        page.keyboard.press("p")
        expect(page.locator("#panel-title")).to_have_text(title)
        assert not axe(page), title
        fits(page)
        looked_at(page, f"nudge-{title[7:12]}-{size}-{scheme}")
        if title == "Remind again?":
            expect(page.locator("#task-decide")).to_contain_text("Alice Moreau was reminded just now; again from")
            break
        page.keyboard.press("Enter")
        told(page, "Reminded: Alice Moreau")
        expect(page.locator("#task-history")).to_contain_text("Carol Nyström reminded Alice Moreau")

"""Asking, snoozing, delegating, declining and escalating, by keyboard and by touch, with axe on every state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.notifications.questions import link_to
from reviewhub.reviews.models import Assignment, InformationRequest, ReviewTask
from reviewhub.reviews.services import ask_for_information, claim_task
from tests.e2e.conftest import SIZES, Open, both_widths, press, use
from tests.e2e.test_access import fits
from tests.e2e.test_leading import looked_at
from tests.support.desk_room import DeskRoom

Axe = Callable[[Page], Any]
PANELS = {"i": "What do you need", "d": "Who should decide", "z": "Until when", "e": "Escalate", "n": "Why should"}


def told(page: Page, text: str) -> None:
    expect(page.locator("#toasts .toast", has_text=text)).to_be_visible()


def ask(page: Page, key: str, name: str, size: str) -> None:
    """Opens a question in place: by its key, or by what is under the thumb, some of it behind More."""
    act = page.locator(".acts-bar").get_by_role("link", name=name)
    if size == "phone" and not act.is_visible():
        page.locator(".menu > summary").tap()
    press(key, act, size)


@both_widths
def test_a_question_is_asked_and_its_answer_shows_at_once(
    room: DeskRoom, open_as: Open, visit: Any, site: Any, size: str
) -> None:
    task = room.case("Northwind")
    room.case("Halden")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    ask(page, "i", "Ask", size)
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("a question, r u sure?")  # no key of it decides anything
    press("Control+Enter", page.get_by_role("button", name="Send the question"), size)
    expect(page.locator("#task-title")).to_have_text("Halden")
    told(page, "priya@example.com was asked")
    expect(page.locator(f"#row-{task.pk}")).to_have_count(0)
    page.goto(f"/tasks/{task.pk}/?view=aside")
    expect(page.locator("#task-head")).to_contain_text("Its clock stands still")
    outside = visit(site.url, *SIZES[size]).page
    outside.goto("/" + link_to(InformationRequest.objects.get()).partition("//")[2].partition("/")[2])
    outside.get_by_label("Your answer").fill("LAB-330")
    use(outside.get_by_role("button", name="Send the answer"), size)
    expect(outside.get_by_role("heading", name="Your answer has arrived")).to_be_visible()
    expect(page.locator("#task-head")).to_contain_text("Claimed by you")
    expect(page.locator("#task-history")).to_contain_text("LAB-330")


@both_widths
def test_what_is_set_aside_is_taken_up_again_with_one_key_or_tap(room: DeskRoom, open_as: Open, size: str) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    ask(page, "z", "Snooze", size)
    expect(page.locator("#panel-title")).to_have_text("Until when?")
    press("1", page.get_by_text("One hour"), size)
    press("Enter", page.get_by_role("button", name="Snooze"), size)
    told(page, "Snoozed")
    assert ReviewTask.objects.get(pk=task.pk).status == "snoozed"
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=aside", size)
    press("w", page.locator(".acts-bar button[data-key=w]"), size)
    expect(page.locator("#task-head")).to_contain_text("Claimed by you")


@both_widths
def test_a_task_is_delegated_and_the_other_has_it_at_once(room: DeskRoom, open_as: Open, size: str) -> None:
    task, people = room.case(), room.people
    bob = open_as(people.bob, "/queue/mine/", size)
    page = open_as(people.alice, f"/tasks/{task.pk}/?view=team", size)
    ask(page, "d", "Delegate", size)
    expect(page.locator("#panel-title")).to_be_visible()
    press("1", page.locator(".panel").get_by_text("Bob Tan"), size)
    press("Enter", page.get_by_role("button", name="Delegate"), size)
    told(page, "Given to Bob Tan")
    expect(bob.get_by_role("link", name="Northwind")).to_be_visible()
    assert Assignment.objects.get(person=people.bob).asked_by == people.alice


@both_widths
def test_declining_needs_words_and_going_back_leaves_everything_as_it_was(
    room: DeskRoom, open_as: Open, size: str
) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    decline = page.get_by_role("button", name="Decline")
    ask(page, "n", "Decline", size)
    expect(page.locator("#note")).to_be_focused()
    press("Control+Enter", decline, size)
    expect(page.locator("#panel-title")).to_be_visible()  # the browser asks for the words
    press("Escape", page.locator("#task-decide").get_by_role("link", name="Back"), size)
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    ask(page, "n", "Decline", size)
    page.locator("#note").fill("I know them privately.")
    use(decline, size)
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
    page.locator(".menu > summary").tap()
    for link in page.locator(".menu").get_by_role("link").all():
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= SIZES["phone"][0]


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

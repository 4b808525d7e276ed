"""The lead's page in a browser: empty and full, wide and on the phone, light and dark, by keyboard and by touch."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.accounts.models import Absence
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services import claim_task, hold_queue, let_queue_go_on
from tests.e2e.conftest import Open, both_widths, use
from tests.support.cast import person
from tests.support.desk_room import DeskRoom

pytestmark = pytest.mark.browser

PAGE = "/teams/finance/"
DAY = timedelta(days=1)


def fill(room: DeskRoom) -> None:
    finance, alice = room.people.finance, room.people.alice
    long = person("maximiliana", display_name="Maximiliana von Hohenlohe-Waldenburg-Schillingsfürst")
    finance.memberships.create(person=long, is_given_tasks=False)
    for name in ("german", "imports"):
        long.skills.create(name=name)
    for supplier in ("Northwind", "A supplier whose name does not end where one would think that it has to end"):
        claim_task(task_id=room.case(supplier).pk, actor=alice)
    room.case("Nobody's")
    now = room.clock.process
    Absence.objects.create(person=long, starts_at=now, ends_at=now + 4 * DAY, delegate=alice)


def looked_at(page: Page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@both_widths
def test_the_pages_are_readable_for_everybody(
    room: DeskRoom, open_as: Open, axe: Callable[..., Any], size: str
) -> None:
    page = open_as(room.people.carol, PAGE, size)
    expect(page.get_by_text("Nothing has a deadline ahead")).to_be_visible()
    assert axe(page, both_schemes=True) == []
    looked_at(page, f"team-empty-{size}")
    fill(room)
    for path, name in ((PAGE, "team"), (f"{PAGE}handover/", "handover")):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert axe(page, both_schemes=True) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        looked_at(page, f"{name}-{size}")


@both_widths
def test_a_lead_hands_over_and_holds(room: DeskRoom, open_as: Open, size: str) -> None:
    fill(room)
    page = open_as(room.people.carol, PAGE, size)
    use(page.get_by_role("link", name="Hand over what Alice Moreau has"), size)
    use(page.get_by_label("All of them"), size, "Space")
    page.get_by_label("To", exact=True).select_option("carol")
    use(page.get_by_role("button", name="Hand over"), size)
    expect(page.get_by_text("2 handed over to Carol Nyström.")).to_be_visible()
    assert ReviewTask.objects.filter(claimed_by=room.people.carol).count() == 2
    use(page.locator("summary", has_text="Hold"), size)
    page.get_by_label("Why? Everybody of the queue reads it.").fill("The ERP moves")
    page.get_by_label("Why? Everybody of the queue reads it.").press("Enter")  # a phone's keyboard has that key as well
    expect(page.get_by_text("Held by Carol Nyström")).to_be_visible()
    page.goto("/queue/team/")
    expect(page.locator("#held")).to_contain_text("Finance is held by Carol Nyström")


def test_figures_and_holds_show_at_once_on_pages_that_are_open(
    room: DeskRoom, open_as: Open, visit: Callable[..., Any], site: Any
) -> None:
    task = room.case("Northwind")
    lead = open_as(room.people.carol, PAGE)
    alice = open_as(room.people.alice, "/queue/team/")
    phone = visit(site.url, width=390, height=844, installed=True)
    phone.sign_in(room.people.alice)
    phone.page.goto("/cards/")
    expect(phone.page.locator("#task-title")).to_have_text("Northwind")
    has = lead.locator(".team-figures").first.locator("dd").first
    expect(has).to_have_text("0")
    claim_task(task_id=task.pk, actor=room.people.alice)
    expect(has).to_have_text("1")
    hold_queue(queue=room.people.finance, actor=room.people.carol, reason="The ERP moves")
    for place in (alice.locator("#held"), phone.page.locator("#cards-held"), lead.locator("#figures")):
        expect(place).to_contain_text("The ERP moves")
    let_queue_go_on(queue=room.people.finance, actor=room.people.carol)
    for place in (alice.locator("#held"), phone.page.locator("#cards-held"), lead.locator("#figures")):
        expect(place).not_to_contain_text("The ERP moves")


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_what_one_asked_for_is_readable_for_everybody(
    room: DeskRoom, open_as: Open, axe: Callable[[Page], Any], size: str, scheme: str
) -> None:
    room.case("A supplier whose name does not end where one would think that it has to end")
    for name, words in (("priya", "A supplier whose name"), ("ann", "Nothing of yours waits")):
        page = open_as(person(name), "/asked-for/", size, scheme)
        expect(page.get_by_text(words)).to_be_visible()
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        looked_at(page, f"asked-for-{name}-{size}-{scheme}")

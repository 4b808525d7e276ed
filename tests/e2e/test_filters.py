"""A filter is set, kept, shared, opened from its address and removed: by keyboard, and by a finger on the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.reviews.models import SavedFilter
from tests.e2e.conftest import SIZES, Open, use
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom

pytestmark = pytest.mark.browser


def rows(page: Page, *titles: str) -> None:
    expect(page.locator(".row-title a")).to_have_text(titles)


def choose(page: Page, size: str) -> None:
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    if size == "wide":
        page.keyboard.press("f")
    else:
        page.get_by_role("link", name="Filter", exact=True).tap()
    expect(page.get_by_role("heading", name="Filter the queue")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_a_filter_from_its_first_word_to_its_end(
    room: DeskRoom, in_hand: Open, axe: Callable[[Page], Any], size: str
) -> None:
    room.case("Northwind")
    room.case("Halden")
    page = in_hand(room.people.alice, "/queue/team/", size)
    choose(page, size)  # it overtakes the most urgent one, which opens by itself where there is room
    page.get_by_label("Words").fill("north")
    page.get_by_label("Sure from, %").fill("90")
    assert not axe(page), "choosing"
    fits(page)
    use(page.get_by_role("button", name="Show"), size)
    rows(page, "Northwind")
    choose(page, size)
    expect(page.get_by_label("Words")).to_have_value("north")
    page.get_by_label("Name", exact=True).fill("Northern")
    page.get_by_label("Who has it").select_option("Everybody in Finance")
    use(page.get_by_role("button", name="Save"), size)
    rows(page, "Northwind")
    address = page.url.partition("/queue/")[2]

    carol = in_hand(room.people.carol, f"/queue/{address}", size)
    rows(carol, "Northwind")
    if size == "phone":
        carol.get_by_role("link", name="Menu").tap()
    expect(carol.locator(".side").get_by_role("link", name="Northern 1")).to_be_visible()
    carol.goto("/filters/")
    shared = carol.get_by_role("list", name="Saved filters")
    expect(shared).to_contain_text("1 tasks, shared by Alice Moreau")
    expect(shared.get_by_role("button")).to_have_count(0)
    assert not axe(carol), "shared"
    fits(carol)
    use(shared.get_by_role("link", name="Northern"), size)
    rows(carol, "Northwind")
    use(carol.get_by_role("list", name="Filtered by").get_by_role("link"), size)
    expect(carol.get_by_text("Sure from 90 %")).to_have_count(0)
    rows(carol, "Northwind")

    page.goto("/filters/")
    use(page.get_by_role("button", name="Remove Northern"), size)
    expect(page.get_by_role("heading", name="No filter is saved")).to_be_visible()
    assert not axe(page), "removed"
    assert not SavedFilter.objects.exists()

"""Taking what is most urgent, and saying in one tap why one agrees: by keyboard, and by a finger on the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.reviews.models import Agreement, Decision
from reviewhub.reviews.services import claim_task
from tests.e2e.conftest import Open, both_widths, use
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom

pytestmark = pytest.mark.browser

Axe = Callable[[Page], Any]


def start(page: Page, size: str) -> None:
    if size == "wide":
        page.keyboard.press("s")
        return
    if page.locator("#task-title").is_visible():
        page.get_by_role("link", name="Back to the queue").tap()
    page.get_by_role("link", name="Menu").tap()
    page.get_by_role("button", name="Start reviewing").tap()


@both_widths
def test_the_most_urgent_one_that_i_may_decide_becomes_mine(room: DeskRoom, in_hand: Open, axe: Axe, size: str) -> None:
    alice = room.people.alice
    room.case("My own request", requester=alice.email)
    claim_task(task_id=room.case("Carol has it").pk, actor=room.people.carol)
    room.case("Northwind")
    room.case("Halden")
    page = in_hand(alice, "/queue/mine/", size)
    for supplier in ("Northwind", "Halden", "Northwind"):  # where nobody's is left, the most urgent of one's own
        start(page, size)
        expect(page.locator("#task-title")).to_have_text(supplier)
        expect(page.locator("#task-head")).to_contain_text("Claimed by you")
        expect(page.locator("html")).to_have_attribute("data-live", "on")
    assert not axe(page)
    fits(page)


@both_widths
def test_why_somebody_agrees_is_one_tap_and_may_be_left_out(room: DeskRoom, in_hand: Open, axe: Axe, size: str) -> None:
    finance = room.people.finance
    finance.agreement_percent = 100
    finance.save()
    task, other = room.case("Northwind"), room.case("Halden")
    page = in_hand(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    approve, asked = page.get_by_role("button", name="Approve"), page.get_by_role("group", name="Why do you agree")
    use(approve, size)
    expect(page.locator("#task-title")).to_have_text("Halden")
    use(asked.get_by_role("button", name="I checked the sources"), size)
    expect(page.locator("#toasts")).to_contain_text("Kept with your decision.")
    expect(asked).to_have_count(0)
    assert [(each.decision.task, each.because) for each in Agreement.objects.all()] == [(task, "checked")]
    use(approve, size)
    expect(asked).to_be_visible()
    assert not axe(page)
    fits(page)
    assert Decision.objects.get(task=other).outcome == "approve"
    assert Agreement.objects.count() == 1

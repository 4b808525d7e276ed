"""A task that several people decide, by keyboard, and by a finger on the phone, with axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from reviewhub.reviews.services import decide_task
from tests.e2e.conftest import Open, both_widths, press
from tests.e2e.test_access import fits
from tests.integration.web.test_approvers import payment
from tests.support.desk_room import DeskRoom

Axe = Callable[[Page], Any]


@both_widths
def test_who_decides_is_shown_and_the_second_one_settles_it(room: DeskRoom, open_as: Open, axe: Axe, size: str) -> None:
    people = room.people
    task = payment(room, "{of: [{user: alice}, {user: carol}, {manager_of: queue}], need: 2}")
    decide_task(task_id=task.pk, actor=people.alice, outcome="approve")
    page = open_as(people.carol, f"/tasks/{task.pk}/?view=mine", size=size)
    expect(page.locator(".approvers")).to_contain_text("2 of 3 have to agree, 1 decided so far")
    fits(page)
    assert not axe(page)
    press("a", page.get_by_role("button", name="Approve"), size)
    expect(page.locator("#toasts .toast")).to_contain_text("Approve")
    page.goto(f"/tasks/{task.pk}/?view=mine")
    expect(page.locator(".approvers li[data-state=voted]")).to_have_count(2)

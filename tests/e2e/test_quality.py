"""The page about quality, and marking a known answer, in a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.reviews.services import decide_task
from tests.e2e.conftest import Open, use
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom

Axe = Callable[[Page], Any]


@pytest.mark.parametrize(("size", "scheme"), [("wide", "dark"), ("phone", "light")])
def test_a_lead_marks_an_answer_and_reads_how_alike_the_queue_decides(
    room: DeskRoom, open_as: Open, axe: Axe, size: str, scheme: str
) -> None:
    task = room.case("Northwind")
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    room.forward(seconds=11)
    page = open_as(room.people.carol, f"/tasks/{task.pk}/", size, scheme)
    use(page.get_by_role("button", name="Mark as known"), size)
    expect(page.locator(".looked")).to_contain_text("Its answer is known: “Approve”")
    assert not axe(page), "a closed task"
    fits(page)
    page.goto("/quality/")
    expect(page.get_by_role("heading", name="Finance")).to_be_visible()
    expect(page.locator(".quality").first).to_contain_text("Northwind")
    assert not axe(page), "quality"
    fits(page)

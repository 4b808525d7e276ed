"""Picking rows and deciding them together, by keyboard and by mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from reviewhub.reviews.models import Decision
from tests.e2e.conftest import Open
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom

Axe = Callable[..., Any]


def test_rows_are_picked_by_keyboard_and_decided_each_for_itself(room: DeskRoom, open_as: Open) -> None:
    for name in ("Northwind", "Halden", "Kestrel", "Rossi"):
        room.case(name)
    room.case("Brightwater", amount=50_000)
    page = open_as(room.people.alice, "/queue/team/")
    expect(page.locator("#task-title")).to_have_text("Northwind")
    page.keyboard.press("x")
    for _ in range(4):
        page.keyboard.press("j")
        page.keyboard.press("x")
    expect(page.locator("[data-picked]")).to_have_text("5")
    page.keyboard.press("b")
    expect(page.locator("#task-title")).to_have_text("Decide 4 tasks together")
    expect(page.locator("#task")).to_contain_text("Brightwater: A high risk is decided by itself.")
    page.keyboard.press("a")
    expect(page.locator("#task-title")).to_have_text("4 tasks decided")
    assert Decision.objects.count() == 4
    expect(page.locator("#toasts")).to_contain_text("4 decisions")
    page.keyboard.press("u")
    expect(page.locator("#task-title")).to_have_text("Northwind")  # the queue comes anew once all are taken back
    expect(page.locator(".row .row-pick")).to_have_count(5)
    assert not Decision.objects.filter(taken_back_at__isnull=True).exists()


def test_picking_and_looking_through_are_usable_by_everybody(room: DeskRoom, open_as: Open, axe: Axe) -> None:
    for name in ("Northwind", "Halden"):
        room.case(name)
    room.case("Brightwater", amount=50_000)
    page = open_as(room.people.alice, "/queue/team/")
    for name in ("Northwind", "Halden", "Brightwater"):
        page.get_by_label(f"Select {name}").check()
    assert not axe(page, both_schemes=True), "picked"
    page.get_by_role("button", name="Decide together").click()
    expect(page.locator("#task-title")).to_have_text("Decide 2 tasks together")
    assert not axe(page, both_schemes=True), "looked through"
    fits(page)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("[data-picked]")).to_be_hidden()


def test_on_the_phone_picking_is_a_mode_of_the_list(room: DeskRoom, open_as: Open, axe: Axe) -> None:
    for name in ("Northwind", "Halden", "Brightwater"):
        room.case(name)
    page = open_as(room.people.alice, "/queue/team/", "phone")
    mode, picks = page.locator(".select-many"), page.locator(".row-pick")
    expect(picks.first).to_be_hidden()
    mode.click()
    for name in ("Northwind", "Halden"):
        page.locator(".row", has_text=name).click(position={"x": 200, "y": 30})  # anywhere in the row
    expect(page.locator("[data-picked]")).to_have_text("2")
    for target in (mode, picks.first, page.get_by_role("button", name="Decide together")):
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    assert not axe(page), "picked on the phone"
    fits(page)
    mode.click()
    expect(page.locator("[data-picked]")).to_be_hidden()
    mode.click()
    page.locator(".row", has_text="Halden").click(position={"x": 200, "y": 30})
    page.get_by_role("button", name="Decide together").click()
    expect(page.locator("#task-title")).to_have_text("Decide 1 task")
    fits(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#task-title")).to_have_text("1 task decided")
    assert [decision.task.title for decision in Decision.objects.all()] == ["Halden"]

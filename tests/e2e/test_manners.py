"""How the pages behave to everybody: enlarged, from right to left, in forced colours, without motion, by keyboard."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from reviewhub.accounts.services import grant_role
from reviewhub.reviews.services import claim_task, comment_on_task
from tests.e2e.conftest import SIZES, Open
from tests.e2e.test_access import LONG, fits
from tests.support.desk_room import OSCAR, DeskRoom

pytestmark = pytest.mark.browser

Axe = Callable[[Page], Any]
PAGES = (
    "/queue/team/",
    "/filter/?view=team",
    "/filters/",
    "/notices/",
    "/notices/ways/",
    "/notices/hours/",
    "/devices/",
    "/keys/",
    "/quality/",
    "/deadlines/",
    "/teams/finance/",
    "/tokens/",
    "/runs/",
    "/workflows/",
)

OUTLINE = """() => {
  const heads = [...document.querySelectorAll("h1, h2, h3, h4, h5")].filter((node) => node.checkVisibility());
  return heads.map((node) => Number(node.ariaLevel ?? node.tagName[1]));
}"""
LARGER = "(share) => { document.documentElement.style.fontSize = `${share}%`; }"
TURNED = '() => { document.documentElement.dir = "rtl"; }'
SPOKEN = (
    "(nodes) => nodes.filter((node) => node.closest('[aria-live], [role=status], [role=alert]')).map(({ id }) => id)"
)
LEFT = "(selector) => document.querySelector(selector).getBoundingClientRect().left"


def levels_follow(levels: list[int]) -> bool:
    return all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize(("size", "scheme"), [("wide", "dark"), ("phone", "light")])
def test_every_page_has_a_name_a_heading_and_a_way_past_the_menu(
    room: DeskRoom, open_as: Open, axe: Axe, size: str, scheme: str
) -> None:
    carol, task = room.people.carol, room.case()
    grant_role(person=carol, role="process_owner", workflow="purchase", actor=OSCAR)
    page = open_as(carol, "/queue/team/", size, scheme)
    names = []
    for path in (*PAGES, f"/tasks/{task.pk}/?view=team"):
        page.goto(path)
        if path == PAGES[0] and size == "wide":  # where there is room the most urgent one opens by itself, in its name
            expect(page.locator("#task-title")).to_be_visible()
        else:
            names.append(page.title())
        assert page.locator("html").get_attribute("lang"), path
        levels = page.evaluate(OUTLINE)
        assert levels.count(1) == 1, path
        assert levels_follow([1, *(level for level in levels if level > 1)]), (path, levels)
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        assert not axe(page), path
        fits(page)
    assert len(set(names)) == len(names), "Two pages have the same name."


@pytest.mark.parametrize("width", [320, 640])
def test_a_page_that_is_enlarged_fourfold_is_read_in_one_direction(room: DeskRoom, open_as: Open, width: int) -> None:
    """1280 pixels at 400 % are 320, at 200 % they are 640."""
    task = room.case(LONG, amount=50_000)
    comment_on_task(task_id=task.pk, actor=room.people.carol, text=LONG)
    page = open_as(room.people.alice, "/queue/team/")
    page.set_viewport_size({"width": width, "height": 512})
    for path in ("/queue/team/", "/notices/ways/", "/filter/?view=team", f"/tasks/{task.pk}/?view=team"):
        page.goto(path)
        fits(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("button", name="Yes, approve")).to_be_in_viewport()
    fits(page)


@pytest.mark.parametrize("size", SIZES)
def test_letters_twice_as_large_push_nothing_out_of_the_page(room: DeskRoom, open_as: Open, size: str) -> None:
    task = room.case("Northwind")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    page.evaluate(LARGER, 200)
    fits(page)
    for name in ("Approve", "Reject"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport()


@pytest.mark.parametrize("size", SIZES)
def test_from_right_to_left_the_page_is_mirrored(room: DeskRoom, open_as: Open, axe: Axe, size: str) -> None:
    task = room.case(LONG)
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    page.evaluate(TURNED)
    fits(page)
    assert not axe(page)
    if size == "wide":
        assert page.evaluate(LEFT, ".side") > page.evaluate(LEFT, ".list") > page.evaluate(LEFT, "#task")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#reasons-title")).to_be_visible()
    fits(page)


def test_forced_colours_keep_what_is_chosen_and_focused_visible(room: DeskRoom, open_as: Open, axe: Axe) -> None:
    task = room.case("Northwind")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team")
    page.emulate_media(forced_colors="active")
    expect(page.locator(".row[aria-current]")).to_have_css("outline-style", "solid")
    approve = page.get_by_role("button", name="Approve")
    approve.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(approve).to_be_focused()
    expect(approve).to_have_css("outline-style", "solid")
    assert not axe(page)


def test_nothing_moves_for_whoever_wants_no_motion(room: DeskRoom, open_as: Open) -> None:
    task = room.case("Northwind")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", routed=True)
    held: list[Route] = []  # one that nobody holds would go on

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/tasks/*/decision/**", hold)
    page.keyboard.press("a")
    expect(page.locator("#task > .loading")).to_have_css("opacity", "1")
    moving = "document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime > 400).length"
    assert page.evaluate(moving) == 0


def test_the_focus_stays_when_others_change_what_is_looked_at(room: DeskRoom, open_as: Open) -> None:
    people, task = room.people, room.case("Northwind")
    page = open_as(people.alice, f"/tasks/{task.pk}/?view=team")
    approve = page.get_by_role("button", name="Approve")
    approve.focus()
    comment_on_task(task_id=task.pk, actor=people.carol, text="Look at the second page.")
    expect(page.locator("#task-history")).to_contain_text("Look at the second page.")
    expect(approve).to_be_focused()
    claim_task(task_id=task.pk, actor=people.carol)
    expect(page.locator("#task-head")).to_contain_text("Claimed by Carol Nyström")
    expect(approve).to_have_count(0)
    expect(page.locator("#task-title")).to_be_focused()


def test_a_dialog_gives_the_focus_back(room: DeskRoom, open_as: Open) -> None:
    room.case("Northwind")
    page = open_as(room.people.alice, "/queue/team/")
    row = page.get_by_role("link", name="Northwind")
    row.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()


def test_what_changes_without_a_word_of_the_reader_is_said_rarely(room: DeskRoom, open_as: Open) -> None:
    """Rows that come, counts and clocks are no live regions: they would be read out without end."""
    task = room.case("Northwind")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team")
    for quiet in ("#rows", ".due", ".nav", "#task-head", ".watchers", ".looks"):
        assert page.locator(quiet).evaluate_all(SPOKEN) == [], quiet
    expect(page.locator("#said")).to_have_attribute("aria-live", "polite")

"""The whole path by keyboard alone; what is asked on the way, also by a finger on the phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from reviewhub.reviews.models import Decision
from tests.e2e.conftest import Open, both_widths, press, use
from tests.support.desk_room import DeskRoom


def title(page: Page, text: str) -> None:
    expect(page.locator("#task-title")).to_have_text(text)
    expect(page).to_have_title(re.compile(rf"^(\(\d+\) )?{text} · ReviewHub$"))


def test_a_reviewer_decides_a_queue_without_touching_the_mouse(room: DeskRoom, open_as: Open) -> None:
    first, second, third = room.case("Northwind"), room.case("Halden"), room.case("Brightwater")
    page = open_as(room.people.alice, "/queue/team/")
    title(page, "Northwind")  # the most urgent opens by itself where there is room
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    title(page, "Halden")
    page.keyboard.press("c")
    expect(page.locator("#task-head")).to_contain_text("Claimed by you")
    page.keyboard.press("r")
    expect(page.locator("#reasons-title")).to_contain_text("Why?")
    page.keyboard.press("2")
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    title(page, "Northwind")
    expect(page.locator("#toasts .toast")).to_contain_text("Halden: Reject")
    page.keyboard.press("a")
    title(page, "Brightwater")
    page.keyboard.press("u")
    title(page, "Northwind")
    standing = Decision.objects.filter(taken_back_at__isnull=True)
    assert [(each.task, each.outcome) for each in standing] == [(second, "reject")]
    assert [reason.code for reason in standing.get().override.reasons.all()] == ["policy"]
    assert {first.pk, third.pk}.isdisjoint(standing.values_list("task", flat=True))


def test_a_row_opens_beside_the_list_and_with_control_held_in_a_tab(room: DeskRoom, open_as: Open) -> None:
    room.case("Northwind"), room.case("Halden")
    page = open_as(room.people.alice, "/queue/team/")
    title(page, "Northwind")
    with page.context.expect_page() as another:
        page.get_by_role("link", name="Halden").click(modifiers=["Control"])
    title(another.value, "Halden")
    title(page, "Northwind")
    page.get_by_role("link", name="Halden").click()
    title(page, "Halden")


def test_a_comment_never_decides_anything(room: DeskRoom, open_as: Open) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/")
    page.keyboard.press("m")
    page.keyboard.type("are we sure? 1 2 3 approve or reject")
    expect(page.locator("#comment")).to_have_value("are we sure? 1 2 3 approve or reject")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#task-history")).to_contain_text("are we sure?")
    expect(page.locator("#comment")).to_have_value("")
    assert not Decision.objects.exists()


def test_escape_backs_out_of_the_reasons(room: DeskRoom, open_as: Open) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/")
    page.keyboard.press("r")
    expect(page.locator("#reasons-title")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reasons-title")).to_have_count(0)
    expect(page.get_by_role("button", name="Reject")).to_be_focused()
    page.keyboard.press("i")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#task-decide [data-key=i]")).to_be_focused()


@both_widths
def test_a_high_risk_takes_one_more_deliberate_press(room: DeskRoom, open_as: Open, size: str) -> None:
    task = room.case(amount=50_000)
    page = open_as(room.people.alice, f"/tasks/{task.pk}/", size)
    yes = page.get_by_role("button", name="Yes, approve")
    press("a", page.get_by_role("button", name="Approve"), size)
    expect(yes).to_be_focused()
    assert not Decision.objects.exists()
    press("Enter", yes, size)
    expect(page.locator("#task-title")).to_have_count(0)
    assert Decision.objects.get(task=task).confirmed


@both_widths
def test_a_field_is_corrected_in_place(room: DeskRoom, open_as: Open, size: str) -> None:
    task = room.case()
    page = open_as(room.people.alice, f"/tasks/{task.pk}/", size)
    use(page.get_by_label("Correct Cost centre"), size)
    page.keyboard.type("LAB-330")
    page.keyboard.press("Enter")
    field = page.locator(".field", has_text="Cost centre")
    expect(field.locator(".chip", has_text="Corrected")).to_be_visible()
    expect(field.locator("ins")).to_have_text("LAB-330")
    press("a", page.get_by_role("button", name="Approve"), size)
    expect(page.locator(".diff")).to_contain_text("LAB-330")
    press("5", page.locator(".pick", has=page.locator("input[name=reason][data-key='5']")), size)
    press("Enter", page.get_by_role("button", name="Approve with this reason"), size)
    expect(page.locator("#task-title")).to_have_count(0)
    decision = Decision.objects.get(task=task)
    assert decision.fields == {"amount": 1200.0, "cost_center": "LAB-330"}


def test_the_keys_are_listed_and_searching_has_one(room: DeskRoom, open_as: Open) -> None:
    room.case("Northwind")
    room.case("Halden")
    page = open_as(room.people.alice, "/queue/team/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    of_all = page.get_by_text("in all", exact=True)
    expect(of_all).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("hal")
    expect(page.locator(".row-title a")).to_have_text(["Halden"])
    expect(of_all).to_be_visible()  # the count is not what was found


@both_widths
def test_a_second_level_says_what_exactly_and_may_be_left_out(room: DeskRoom, open_as: Open, size: str) -> None:
    task, other = room.case("Northwind"), room.case("Halden")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team", size)
    press("r", page.get_by_role("button", name="Reject"), size)
    expect(page.locator("#reasons-title")).to_be_visible()
    expect(page.get_by_text("Rule outdated")).to_be_hidden()
    press("2", page.locator(".pick", has_text="Policy"), size)
    expect(page.get_by_text("Rule outdated")).to_be_visible()
    press("Shift+2", page.get_by_text("Rule outdated"), size)
    expect(page.get_by_text("Goes to the process owner", exact=True)).to_be_visible()
    press("y", page.locator(".pick", has=page.locator("input[name=ai_right][value=yes]")), size)
    press("Enter", page.get_by_role("button", name="Reject with this reason"), size)
    expect(page.locator("#task-title")).to_have_text("Halden")
    override = Decision.objects.get(task=task).override
    assert [reason.code for reason in override.reasons.all()] == ["policy/rule_outdated"]
    assert override.ai_right_if_known == "yes"
    assert other.pk is not None


def test_a_detail_of_a_reason_that_was_left_again_is_not_sent(room: DeskRoom, open_as: Open) -> None:
    task = room.case("Northwind")
    page = open_as(room.people.alice, f"/tasks/{task.pk}/?view=team")
    page.keyboard.press("r")
    expect(page.locator("#reasons-title")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("Shift+2")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.locator("#task-title")).to_have_count(0)
    assert [reason.code for reason in Decision.objects.get(task=task).override.reasons.all()] == ["recommendation"]


@both_widths
def test_cases_that_are_alike_are_asked_for_when_they_come_into_view(room: DeskRoom, open_as: Open, size: str) -> None:
    page = open_as(room.people.alice, f"/tasks/{room.case('Northwind').pk}/", size)
    waiting = page.locator("#precedents[hx-get]")
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    if size == "phone":
        page.locator("#task").evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
    expect(waiting).to_have_count(0)

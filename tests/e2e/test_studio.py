"""The studio in a browser: a process owner changes a workflow, and everybody sees what runs do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from orchestration.exceptions import PermanentError
from orchestration.models import Run, Workflow
from tests.e2e.conftest import SIZES, both_widths
from tests.support.browser import Visitor
from tests.support.live_site import LiveSite
from tests.support.studio import PURCHASE, Studio, studio

pytestmark = pytest.mark.browser

Axe = Callable[..., Any]
Visit = Callable[..., Visitor]


@pytest.fixture
def office(live_site: LiveSite) -> Iterator[Studio]:
    with studio() as made:
        yield made


@pytest.fixture
def oscar(live_site: LiveSite, office: Studio, visit: Visit) -> Page:
    visitor = visit(live_site.url)
    visitor.sign_in(office.cast.oscar)
    return visitor.page


def rewrite(page: Page, old: str, new: str) -> None:
    """As if it had been typed: selected in the text, and written over."""
    text = page.get_by_label("The workflow as YAML")
    expect(page.locator(".gutter")).not_to_be_empty()  # the numbers are there once the editor listens
    text.focus()
    text.evaluate(
        "(node, old) => { const at = node.value.indexOf(old); node.setSelectionRange(at, at + old.length); }", old
    )
    page.keyboard.insert_text(new)


def test_a_change_is_written_checked_mended_and_published_and_the_waiting_run_ends_on_its_own(
    oscar: Page, office: Studio
) -> None:
    waiting = office.start("old")
    oscar.goto("/workflows/purchase/")
    oscar.get_by_role("link", name="Change it").click()
    rewrite(oscar, "due: 8h", "due: 4x")
    expect(oscar.get_by_text("1 fault")).to_be_visible()
    fault = oscar.get_by_role("list", name="What the check found").get_by_role("link")
    line = next(number for number, text in enumerate(PURCHASE.splitlines(), 1) if "due: 8h" in text)
    expect(fault).to_contain_text(f"Line {line}")
    expect(oscar.locator(".gutter [data-tone=breached]")).to_have_text(str(line))
    fault.click()
    selected = oscar.evaluate(
        "() => { const t = document.activeElement; return t.value.slice(0, t.selectionStart).split('\\n').length; }"
    )
    assert selected == line
    rewrite(oscar, "due: 4x", "due: 4h")
    expect(oscar.get_by_text("Valid")).to_be_visible()
    expect(oscar.get_by_text("Due in 4 h")).to_be_visible()
    oscar.get_by_text("Publish version 2", exact=True).click()
    oscar.get_by_label("Why does it change?").fill("Suppliers wait too long")
    oscar.get_by_role("button", name="Publish", exact=True).click()
    expect(oscar.get_by_text("Version 2 is published.")).to_be_visible()
    expect(oscar.get_by_text("Suppliers wait too long").first).to_be_visible()
    fresh = office.start("new")
    assert (fresh.version.number, Run.objects.get(pk=waiting.pk).version.number) == (2, 1)
    office.decide(waiting, "approve")
    assert Run.objects.get(pk=waiting.pk).status == "succeeded"


def test_going_back_takes_two_deliberate_presses(oscar: Page, office: Studio) -> None:
    office.publish(PURCHASE.replace("due: 8h", "due: 4h"), note="Quicker")
    oscar.goto("/workflows/purchase/")
    oscar.get_by_text("Go back to version 1").click()
    oscar.get_by_role("button", name="Take version 1").click()
    expect(oscar.get_by_text("New runs take version 1 from now on")).to_be_visible()
    assert Workflow.objects.get(name="purchase").current_id == office.publish(PURCHASE).pk


def test_two_versions_are_compared_in_words_and_line_by_line(oscar: Page, office: Studio) -> None:
    office.publish(PURCHASE.replace("due: 8h", "due: 4h"), note="Quicker")
    oscar.goto("/workflows/purchase/")
    oscar.get_by_role("link", name="Compare with version 2").click()
    expect(oscar.get_by_text("sla.due: 8 h became 4 h")).to_be_visible()
    expect(oscar.locator("del")).to_have_text("8h")
    expect(oscar.locator("ins")).to_have_text("4h")


def test_the_text_is_written_and_left_by_keyboard_alone(oscar: Page) -> None:
    oscar.goto("/workflows/purchase/draft/")
    text = oscar.get_by_label("The workflow as YAML")
    text.focus()
    text.evaluate("node => node.setSelectionRange(node.value.length, node.value.length)")
    oscar.keyboard.type("later:")
    oscar.keyboard.press("Enter")
    oscar.keyboard.type("- x")
    oscar.keyboard.press("Enter")
    oscar.keyboard.press("Tab")
    oscar.keyboard.type("y")
    assert text.input_value().endswith("later:\n  - x\n      y")
    oscar.keyboard.press("Shift+Tab")
    assert text.input_value().endswith("later:\n  - x\n    y")
    oscar.keyboard.press("Escape")
    oscar.keyboard.press("Tab")
    assert oscar.evaluate("document.activeElement.tagName") != "TEXTAREA"


def test_the_colours_lie_exactly_under_the_letters(oscar: Page) -> None:
    oscar.goto("/workflows/purchase/draft/")
    text = oscar.get_by_label("The workflow as YAML")
    rewrite(oscar, "title: Purchase", f"title: Purchase {'of something ' * 30}# a remark, and <b>marks</b> & 'quotes'")
    text.evaluate("node => { node.scrollTo(99999, 99999); }")
    oscar.wait_for_timeout(50)
    under, above = (
        oscar.locator(selector).evaluate("node => [node.scrollLeft, node.scrollTop]")
        for selector in (".paint", ".editor textarea")
    )
    assert under == above
    assert above[0] > 100
    painted = oscar.locator(".paint").evaluate("node => node.textContent")
    assert painted == text.input_value() + "\n"
    assert oscar.locator(".paint b").count() == 0


def test_a_stale_page_is_refused_kindly_and_may_save_over(oscar: Page, office: Studio) -> None:
    oscar.goto("/workflows/purchase/draft/")
    rewrite(oscar, "due: 8h", "due: 6h")
    office.at("erin").post("/workflows/purchase/draft/", {"text": PURCHASE, "revision": "0"})
    oscar.get_by_role("button", name="Save the draft").click()
    expect(oscar.get_by_text("Erin has changed this draft in between")).to_be_visible()
    assert "due: 6h" in oscar.get_by_label("The workflow as YAML").input_value()
    oscar.get_by_role("button", name="Save mine over it").click()
    expect(oscar.get_by_text("The draft is saved.")).to_be_visible()


def test_a_runs_page_follows_the_run_and_keeps_what_is_open(oscar: Page, office: Studio) -> None:
    run = office.start()
    oscar.goto(f"/runs/{run.pk}/")
    expect(oscar.get_by_text("Waits for a decision on approval")).to_be_visible()
    oscar.get_by_text("What it was about").last.click()
    office.decide(run, "approve")
    oscar.evaluate("document.querySelector('#live').dispatchEvent(new Event('live', {bubbles: true}))")
    expect(oscar.get_by_text("The run ended: ordered")).to_be_visible()
    expect(oscar.locator("#run-state")).to_have_text("Ordered")
    expect(oscar.locator("details[open]")).to_have_count(1)


def test_a_step_opens_beside_the_drawing_and_closes_again(oscar: Page, office: Studio) -> None:
    run = office.start()
    oscar.goto(f"/runs/{run.pk}/")
    oscar.get_by_role("link", name="budget finance.budget@1").click()
    expect(oscar.get_by_role("heading", name="What came out")).to_be_visible()
    expect(oscar.get_by_text("Remaining")).to_be_visible()
    oscar.get_by_role("link", name="Back to the whole run").click()
    expect(oscar.get_by_role("heading", name="What happened")).to_be_visible()


def test_a_run_is_started_by_hand_with_its_faults_said_at_the_fields(oscar: Page) -> None:
    oscar.goto("/runs/")
    oscar.get_by_text("Start a run").click()
    oscar.get_by_role("link", name="Purchase").click()
    oscar.get_by_label("Request", exact=True).fill("pens")
    oscar.get_by_role("button", name="Start the run").click()
    expect(oscar.get_by_text("This has to be filled in.")).to_be_visible()
    oscar.get_by_label("Amount").fill("12.5")
    oscar.get_by_role("button", name="Start the run").click()
    expect(oscar.get_by_text("The run started by hand, by Oscar Lind, on version 1")).to_be_visible()


def test_the_list_narrows_as_one_types(oscar: Page, office: Studio) -> None:
    office.start("pens")
    office.start("ink")
    oscar.goto("/runs/")
    oscar.get_by_label("Business key or id").fill("ink")
    expect(oscar.get_by_role("link", name="pens")).to_have_count(0)
    expect(oscar.get_by_role("link", name="ink")).to_be_visible()
    assert "q=ink" in oscar.url


def test_cancelling_keeps_the_reason(oscar: Page, office: Studio) -> None:
    run = office.start()
    oscar.goto(f"/runs/{run.pk}/")
    oscar.get_by_text("Cancel the run").first.click()
    oscar.locator("#reason").fill("Ordered twice")
    oscar.get_by_role("button", name="Cancel the run").click()
    expect(oscar.get_by_text("Oscar Lind cancelled the run: Ordered twice")).to_be_visible()


@both_widths
def test_axe_finds_nothing_on_any_page(live_site: LiveSite, office: Studio, visit: Visit, axe: Axe, size: str) -> None:
    office.order.result = PermanentError("The ERP refuses it.")
    waiting, broken, done = office.start("pens"), office.start("a" * 90), office.start("ink")
    office.decide(broken, "approve")
    office.decide(done, "reject")
    office.publish(PURCHASE.replace("due: 8h", "due: 4h"), note="Quicker")
    office.at("oscar").post(
        "/workflows/purchase/draft/", {"text": PURCHASE.replace("queue: finance", "queue: finanze"), "revision": "0"}
    )
    visitor = visit(live_site.url, *SIZES[size])
    visitor.sign_in(office.adam)
    office.adam.grants.create(role="engineer", granted_by="test")
    office.adam.grants.create(role="operator", granted_by="test")
    for address in (
        "/runs/",
        "/runs/?q=nothing",
        f"/runs/{waiting.pk}/",
        f"/runs/{broken.pk}/?step=outcome/0/order",
        f"/runs/{done.pk}/?step=approval",
        f"/runs/{done.pk}/?all=1",
        "/workflows/",
        "/new-workflow/",
        "/workflows/purchase/",
        "/workflows/purchase/versions/1/",
        "/workflows/purchase/draft/",
        "/workflows/purchase/comparison/?old=1&new=2",
        "/workflows/purchase/comparison/?old=1&new=1",
        "/workflows/purchase/runs/new/",
        "/audit/",
        "/audit/chain/workflow:purchase/",
        "/tokens/",
    ):
        visitor.page.goto(address)
        found = axe(visitor.page, both_schemes=True)
        assert not found, f"{address}: {found}"
        assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide"

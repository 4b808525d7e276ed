"""A case's documents in the browser: by keyboard and by finger, in both themes, with axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from orchestration import api
from reviewhub.reviews.models import Decision, ReviewTask
from tests.e2e.conftest import Open, both_widths, press, use
from tests.e2e.test_access import fits
from tests.support.browser import axe_findings
from tests.support.desk_room import OSCAR, DeskRoom
from tests.support.documents import a_mail, a_pdf

pytestmark = pytest.mark.browser


def case(room: DeskRoom) -> ReviewTask:
    return room.case(
        "Northwind Instruments",
        quote=api.keep_document(a_pdf(), name="quotation.pdf", media_type="application/pdf", by=OSCAR),
        mail=api.keep_document(a_mail(), name="order.eml", media_type="message/rfc822", by=OSCAR),
    )


@both_widths
def test_documents_are_turned_and_changed_and_a_quote_leads_to_its_place(
    room: DeskRoom, open_as: Open, size: str
) -> None:
    page = open_as(room.people.alice, f"/tasks/{case(room).pk}/?view=team", size)
    leaf, pane = page.locator(".leaf").first, page.locator(".viewer-pane").first
    tabs = page.get_by_role("tab")
    expect(leaf).to_be_visible()
    before = pane.evaluate("(pane) => pane.style.getPropertyValue('--zoom')")
    press("+", page.get_by_role("button", name="Larger"), size)
    assert pane.evaluate("(pane) => pane.style.getPropertyValue('--zoom')") > before
    press("t", page.get_by_role("button", name="Turn by a quarter"), size)
    expect(leaf).to_have_attribute("viewBox", "0 0 842.0 595.0")
    press("o", tabs.nth(1), size)
    expect(page.get_by_text("we need it by Friday")).to_be_visible()
    use(page.get_by_role("link", name="quotation.pdf"), size)
    expect(page.get_by_role("link", name="Back to the mail")).to_be_visible()
    press("o", tabs.last, size)
    expect(page.locator("#document-0")).to_be_visible()
    if size == "wide":  # everything is on one screen
        assert page.evaluate("document.scrollingElement.scrollTop") == 0


def test_the_marks_of_a_page_come_with_its_picture(room: DeskRoom, open_as: Open) -> None:
    page = open_as(room.people.alice, "/queue/team/", routed=True)
    page.route("**/pages/*/", lambda route: route.fulfill(status=200, body=""))
    page.goto(f"/tasks/{case(room).pk}/?view=team")
    leaf = page.locator(".leaf").first
    expect(leaf.locator("image")).to_have_attribute("href", re.compile("/pages/1/"))
    expect(leaf).to_have_attribute("data-waits", "")
    expect(leaf.locator(".said-box").first).to_have_css("opacity", "0")
    box = leaf.bounding_box()
    assert box is not None
    assert box["height"] > box["width"]  # the page's place is kept
    page.unroute("**/pages/*/")
    page.reload()
    expect(leaf).not_to_have_attribute("data-waits", "")
    expect(leaf.locator(".said-box").first).to_have_css("opacity", "1")


@both_widths
def test_documents_shut_nobody_out_and_fit(room: DeskRoom, open_as: Open, size: str) -> None:
    page = open_as(room.people.alice, f"/tasks/{case(room).pk}/?view=team", size=size)
    expect(page.locator(".leaf").first).to_be_attached()
    assert axe_findings(page, both_schemes=True) == []
    fits(page)
    press("o", page.get_by_role("tab").nth(1), size)
    expect(page.get_by_text("we need it by Friday")).to_be_attached()
    assert axe_findings(page, both_schemes=True) == []
    fits(page)


@both_widths
def test_a_name_is_chosen_in_a_comment_and_a_file_goes_along(room: DeskRoom, open_as: Open, size: str) -> None:
    page = open_as(room.people.alice, f"/tasks/{room.case().pk}/?view=team", size)
    comment, carol = page.locator("#comment"), page.get_by_role("option", name="Carol Nyström")
    press("m", comment, size)
    page.keyboard.type("Please look, @car")
    expect(carol).to_be_visible()
    press("Enter", carol, size)
    expect(comment).to_have_value("Please look, @carol ")
    page.set_input_files("input[name=files]", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": a_pdf()})
    press("Control+Enter", page.locator("#comment-send"), size)
    expect(page.locator("#task-history").get_by_role("link", name="a.pdf")).to_be_visible()
    assert axe_findings(page) == []


def test_what_of_the_case_came_into_view_goes_with_the_decision(room: DeskRoom, open_as: Open) -> None:
    page = open_as(room.people.alice, "/queue/team/")
    page.clock.install()
    task = case(room)
    page.goto(f"/tasks/{task.pk}/?view=team")
    expect(page.locator(".leaf").first).to_be_visible()
    page.clock.fast_forward(5000)
    page.keyboard.press("o")
    expect(page.get_by_text("we need it by Friday")).to_be_visible()
    page.clock.fast_forward(3000)
    page.keyboard.press("o")
    expect(page.locator("#document-0")).to_be_visible()  # and is left before a second has passed
    page.keyboard.press("a")
    expect(page.locator("#toasts .toast", has_text="Approve")).to_be_visible()
    decision = Decision.objects.get(task=task)
    assert decision.evidence_pieces is not None
    assert decision.evidence_pieces >= 3
    assert (decision.evidence_opened, round(decision.evidence_seconds or 0)) >= (2, 8)

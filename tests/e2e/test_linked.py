"""The page of a mail's link, in browsers where nobody is signed in: wide, on the phone, in both themes, with axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.accounts.codes import spell
from reviewhub.accounts.models import OneTimeCode
from reviewhub.reviews.models import Decision
from tests.e2e.conftest import SIZES, use
from tests.e2e.test_access import fits
from tests.integration.web.test_linked import link
from tests.support.desk_room import DeskRoom
from tests.support.live_site import LiveSite

Axe = Callable[[Page], Any]


@pytest.mark.parametrize(("size", "scheme"), [("wide", "light"), ("phone", "dark")])
def test_the_addressee_says_why_and_decides_by_keyboard_or_finger(
    room: DeskRoom, site: LiveSite, visit: Callable[..., Any], axe: Axe, size: str, scheme: str
) -> None:
    task = room.case("A supplier with a name that is longer than anybody expected " * 3, quotation="Long. " * 200)
    width, height = SIZES[size]
    page = visit(site.url, width=width, height=height, scheme=scheme).page
    page.goto(link(room, task, room.people.alice))
    expect(page.locator("h1")).to_have_text("Are you Alice Moreau?")
    fits(page)
    assert not axe(page)
    use(page.get_by_role("button", name="Send me a code"), size)
    expect(page.get_by_label("Code")).to_be_focused()
    fits(page)
    assert not axe(page)
    page.get_by_label("Code").fill(spell(OneTimeCode.objects.get()))
    use(page.get_by_role("button", name="It is me"), size)
    expect(page.locator("main")).to_contain_text("This link is for Alice Moreau")
    fits(page)
    assert not axe(page)

    use(page.get_by_role("button", name="Reject"), size)
    policy = page.get_by_role("radio", name="Policy") if size == "wide" else page.locator(".pick", has_text="Policy")
    use(policy, size, "Space")
    fits(page)
    assert not axe(page)
    use(page.get_by_role("button", name="Reject with this reason"), size)
    expect(page.locator(".happened")).to_contain_text("You decided “Reject”")
    fits(page)
    assert not axe(page)
    assert Decision.objects.get().channel == Decision.Channel.MAIL

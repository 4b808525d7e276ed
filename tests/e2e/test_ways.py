"""How somebody is told, chosen by keyboard, and by a finger on the phone, in both themes, with axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from reviewhub.notifications.ways import ways_of
from tests.e2e.conftest import Open, use
from tests.e2e.test_access import fits
from tests.support.desk_room import DeskRoom

CUT_OFF = """() => [...document.querySelectorAll(".ways select")].filter((select) => {
  const style = getComputedStyle(select);
  const ruler = Object.assign(document.createElement("span"), { style: `font: ${style.font}; position: fixed` });
  document.body.append(ruler);
  const widest = Math.max(...[...select.options].map(({ text }) => ((ruler.textContent = text), ruler.offsetWidth)));
  ruler.remove();
  return widest > select.clientWidth - parseFloat(style.paddingInlineStart) - parseFloat(style.paddingInlineEnd);
}).map(({ name }) => name)"""


@pytest.mark.parametrize(("size", "scheme"), [("wide", "dark"), ("phone", "light")])
def test_ways_are_chosen_and_kept(
    room: DeskRoom, open_as: Open, axe: Callable[[Page], Any], settings: Settings, size: str, scheme: str
) -> None:
    settings.SLACK_BOT_TOKEN = "xoxb-test"  # so that there are three channels
    page = open_as(room.people.alice, "/notices/ways/", size=size, scheme=scheme)
    fits(page)
    assert not axe(page)
    assert page.evaluate(CUT_OFF) == []
    page.get_by_label("You are asked, Mail").select_option("digest")
    use(page.get_by_label("13:00"), size, "Space")
    use(page.get_by_role("button", name="Keep"), size)
    expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    fits(page)
    assert not axe(page)
    chosen = ways_of([room.people.alice])[room.people.alice.pk]
    assert (chosen.of("mail", "asked"), chosen.digest_hours) == ("digest", (8, 13))

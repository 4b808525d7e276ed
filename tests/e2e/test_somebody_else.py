"""Another person signs in, in another window of the browser, while a page of one's own waits to be sent again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from reviewhub.reviews.models import Decision
from tests.e2e.conftest import Open
from tests.e2e.test_unanswered import half_decided, sign_in_anew
from tests.support.desk_room import DeskRoom

pytestmark = pytest.mark.browser


def test_nothing_is_done_again_in_the_name_of_somebody_else(room: DeskRoom, open_as: Open) -> None:
    page, _ = half_decided(room, open_as, "wide")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Reject with this reason").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("You are signed out")
    sign_in_anew(page, room.people.carol)
    told.get_by_role("button", name="Try again").click()
    expect(told).to_contain_text("Somebody else is signed in here by now")
    expect(told.get_by_role("button", name="Try again")).to_be_hidden()
    expect(page.locator("#note")).to_have_value("They are being bought")
    assert not Decision.objects.exists()

"""How many tasks are one's own: on the app's icon, in the title, on the tab's icon; from pages and from pushes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from reviewhub.reviews.services import claim_task, release_task
from tests.support.desk_room import DeskRoom
from tests.support.live_site import LiveSite

pytestmark = pytest.mark.browser

# The icon itself cannot be looked at: what the system is told stands in for it.
TOLD = """
  Object.assign(navigator, {
    setAppBadge(number) { globalThis.told = number; return Promise.resolve(); },
    clearAppBadge() { globalThis.told = 0; return Promise.resolve(); },
  });
"""


# That the page's socket is open.
HEARS = """
  globalThis.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("open", () => { globalThis.hears = true; });
    }
  };
"""


def told(page: Page, number: int) -> None:
    page.wait_for_function("(number) => globalThis.told === number", arg=number)


@pytest.mark.parametrize("path", ["/queue/team/", "/cards/"])
def test_it_follows_what_is_mine_and_goes_with_the_last_one(
    room: DeskRoom, visit: Callable[..., Any], site: LiveSite, path: str
) -> None:
    task, alice = room.case("Northwind"), room.people.alice
    visitor = visit(site.url, width=390, height=844, installed=True)
    visitor.context.add_init_script(TOLD + HEARS)
    visitor.sign_in(alice)
    page: Page = visitor.page
    page.goto(path)
    page.wait_for_function("() => globalThis.hears")  # what changes before is told by the next page
    told(page, 0)
    icon = page.locator('link[rel="icon"]')
    expect(page).not_to_have_title(re.compile(r"^\("))
    expect(page.locator("#task-title, .row-title").first).to_be_visible()
    claim_task(task_id=task.pk, actor=alice)
    told(page, 1)
    expect(page).to_have_title(re.compile(r"^\(1\) \w"))
    expect(icon).to_have_attribute("href", re.compile("favicon-waiting"))
    release_task(task_id=task.pk, actor=alice)
    told(page, 0)
    expect(page).not_to_have_title(re.compile(r"^\("))
    expect(icon).not_to_have_attribute("href", re.compile("favicon-waiting"))


def test_whoever_signs_out_leaves_no_number_behind(room: DeskRoom, visit: Callable[..., Any], site: LiveSite) -> None:
    claim_task(task_id=room.case("Northwind").pk, actor=room.people.alice)
    visitor = visit(site.url, width=1440, height=900)
    visitor.context.add_init_script(TOLD)
    visitor.sign_in(room.people.alice)
    page: Page = visitor.page
    page.goto("/queue/mine/")
    told(page, 1)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("sign-in"))
    told(page, 0)


def test_a_push_sets_it_where_no_page_is_open(room: DeskRoom, visit: Callable[..., Any], site: LiveSite) -> None:
    visitor = visit(site.url, width=390, height=844, installed=True)
    visitor.sign_in(room.people.alice)
    page: Page = visitor.page
    page.goto("/cards/")
    page.evaluate("navigator.serviceWorker.ready")
    (worker,) = visitor.context.service_workers
    worker.evaluate(TOLD)
    worker.evaluate("ServiceWorkerRegistration.prototype.showNotification = () => Promise.resolve()")
    deliver = pushes_to(page, site.url)
    for number in (3, 0):
        deliver({"title": "Northwind", "text": "", "tag": "1", "url": "/notices/1/", "badge": number})
        assert worker.evaluate(HEARD, number) == number


# What the worker was told, once it has been. A worker's evaluation has no end of its own.
HEARD = """
  (wanted) => new Promise((done, fail) => {
    const until = Date.now() + 10_000;
    const look = () => {
      if (self.told === wanted) done(wanted);
      else if (Date.now() > until) fail(new Error(`It was told ${self.told}.`));
      else setTimeout(look, 20);
    };
    look();
  })
"""


def pushes_to(page: Page, origin: str) -> Callable[[dict[str, Any]], None]:
    """Delivers to the page's worker what a push service would."""
    session, known = page.context.new_cdp_session(page), list[str]()
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda said: known.extend(each["registrationId"] for each in said["registrations"]),
    )
    session.send("ServiceWorker.enable")

    def deliver(told: dict[str, Any]) -> None:
        until = time.monotonic() + 10
        while not known and time.monotonic() < until:
            page.evaluate("new Promise(requestAnimationFrame)")  # what the browser tells comes meanwhile
        sent = {"origin": origin, "registrationId": known[-1], "data": json.dumps(told)}
        session.send("ServiceWorker.deliverPushMessage", sent)

    return deliver

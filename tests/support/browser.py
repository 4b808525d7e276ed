"""Chromium for the tests: pages of a stated size, a watch over what they ask for, and axe."""

from __future__ import annotations

import shutil
from typing import Any, Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request

from reviewhub.accounts.models import Person
from tests.support.network import is_here

# The same browser without windows comes first: those of a whole one, which nobody sees, are most of its work.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
PHONE = 480  # so narrow a page is in somebody's hand, on glass that feels a finger
Scheme = Literal["light", "dark"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # axe's rules that ask how something is painted
IS_LIGHT = "matchMedia('(prefers-color-scheme: light)').matches"
SETTLED = """() => Promise.allSettled(
  document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished)
)"""


def launch(playwright: Playwright) -> Browser:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, f"Chromium is not installed (Debian's package {PROGRAMS[0]})."
    return playwright.chromium.launch(executable_path=program, args=list(SWITCHES))


class Visitor:
    """One browser profile. Whatever its pages ask of another host, or say in error, fails the test at `close`."""

    def __init__(
        self, browser: Browser, width: int, height: int, scheme: Scheme, base_url: str, *, installed: bool = False
    ) -> None:
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            base_url=base_url,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="UTC",
            has_touch=width <= PHONE,
            service_workers="allow" if installed else "block",  # the app that a device installs
        )
        self.context.set_default_timeout(10_000)
        self._base_url = base_url
        self._outside: list[str] = []
        self._errors: list[str] = []
        self.context.on("request", self._saw)
        self.context.on("weberror", lambda error: self._errors.append(str(error.error)))
        self.context.on("console", self._heard)
        self.page: Page = self.context.new_page()

    def sign_in(self, person: Person) -> None:
        """Gives the browser a session of this person, as if the form had been filled in."""
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        (name, value) = next((key, morsel.value) for key, morsel in client.cookies.items() if "session" in key)
        self.context.add_cookies([{"name": name, "value": value, "url": self._base_url, "httpOnly": True}])

    def close(self) -> None:
        self.context.close()
        assert not self._outside, f"Pages asked other hosts: {self._outside}"
        assert not self._errors, f"Pages reported errors: {self._errors}"

    def _saw(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not is_here(address.hostname or ""):
            self._outside.append(request.url)

    def _heard(self, message: Any) -> None:
        if any(said in message.text for said in ("Content Security Policy", "SyntaxError", "DisallowedError")):
            self._errors.append(message.text)


def axe_findings(page: Page, *, both_schemes: bool = False) -> list[str]:
    """What axe finds on the page as it is now: rule, help text and the elements. In the other scheme only colours
    can differ, so only they are looked at again."""
    found = _axe(page)
    if both_schemes:
        schemes: list[Scheme] = ["dark", "light"] if page.evaluate(IS_LIGHT) else ["light", "dark"]
        _put_on(page, schemes[0])
        found += [f"{schemes[0]}: {each}" for each in _axe(page, runOnly=OF_COLOUR)]
        _put_on(page, schemes[1])
    return found


def _put_on(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate(SETTLED)


def _axe(page: Page, **options: Any) -> list[str]:
    # Without preload axe does not fetch style sheets by itself, which the site's policy would rightly refuse.
    # Of what passed nothing is asked: telling it, element by element, takes longer than looking.
    answer = Axe().run(page, options={"preload": False, "resultTypes": ["violations"], **options}).response
    return [
        f"{found['id']}: {found['help']} ({'; '.join(node['html'][:160] for node in found['nodes'])})"
        for found in answer["violations"]
    ]

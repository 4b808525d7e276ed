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

SWITCHES = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
Scheme = Literal["light", "dark"]


def launch(playwright: Playwright) -> Browser:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "Chromium is not installed (Debian's package chromium)."
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
            has_touch=installed,
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


def axe_findings(page: Page) -> list[str]:
    """What axe finds on the page as it is now: rule, help text and the elements."""
    # Without preload axe does not fetch style sheets by itself, which the site's policy would rightly refuse.
    # Of what passed nothing is asked: telling it, element by element, takes longer than looking.
    answer = Axe().run(page, options={"preload": False, "resultTypes": ["violations"]}).response
    return [
        f"{found['id']}: {found['help']} ({'; '.join(node['html'][:160] for node in found['nodes'])})"
        for found in answer["violations"]
    ]

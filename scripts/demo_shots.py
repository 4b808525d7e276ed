"""Takes the pictures of the documentation: starts a demo of its own, looks at it as a visitor would, and stops it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
WIDE, PHONE = (1440, 900), (390, 844)
READY_WITHIN = 60.0  # seconds
SETTLES = 1500  # milliseconds: what comes over the socket has come by then


@dataclass(frozen=True, slots=True)
class Picture:
    """`person` looks at `address`, where `sends` was sent first and `opens` is a link to follow, by its selector."""

    name: str
    person: str
    address: str
    size: tuple[int, int] = WIDE
    scheme: Literal["light", "dark"] = "light"
    opens: str = ""
    sends: str = ""


TASK = ".rows .row-title a"
PICTURES = (
    Picture("desk", "alice", "/queue/team/", opens=TASK),
    Picture("desk-dark", "alice", "/queue/team/", scheme="dark", opens=TASK),
    Picture("phone", "alice", "/queue/team/", size=PHONE, opens=TASK),
    Picture("tour", "alice", "/demo/", sends="small"),
    Picture("run", "oscar", "/runs/", opens="main a:has-text('REQ-1')"),
    Picture("workflow", "ada", "/workflows/purchase-approval/"),
)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed (Debian's package chromium).")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for picture in PICTURES:
            print(_take(browser, url, picture).relative_to(ROOT))
        browser.close()


def _take(browser: Browser, url: str, picture: Picture) -> Path:
    width, height = picture.size
    viewport: Any = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, color_scheme=picture.scheme, base_url=url, locale="en-GB")
    page = context.new_page()
    _sit_down(page, picture.person)
    page.goto(picture.address)
    if picture.sends:
        page.locator(f"button[name=case][value={picture.sends}]").click()
        page.wait_for_timeout(2 * SETTLES)
    if picture.opens:
        page.locator(picture.opens).first.click()
    page.wait_for_timeout(SETTLES)
    path = FOLDER / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    return path


def _sit_down(page: Page, username: str) -> None:
    page.goto("/demo/")
    page.locator(f"form[action='/demo/people/{username}/'] button").click()
    page.wait_for_load_state()


@contextmanager
def _demo() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as place, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        # One second is ten here, so that nothing runs out while its picture is taken.
        own = {"REVIEWHUB_MODE": "demo", "DATA_DIR": place, "PORT": str(port), "DEMO_SPEED": "10"}
        server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env={**os.environ, **own})
        try:
            yield _ready(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def _ready(url: str) -> str:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).is_success:
                return url
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    sys.exit(f"The demo was not ready within {READY_WITHIN:.0f} s.")


if __name__ == "__main__":
    main()

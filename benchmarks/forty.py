"""Forty tasks decided in a row by keyboard alone: counted in keystrokes and in seconds, in a real browser.

Every fifth one is rejected; nothing is waited for but the next task.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.desk import session_of
from benchmarks.place import furnish, production
from benchmarks.report import report
from benchmarks.sending import SECRET, take_events

TASKS = 40
REJECTED = 5  # every so many
WIDE: Any = {"width": 1440, "height": 900}


@dataclass
class Keyboard:
    page: Page
    presses: int = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.presses += 1


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed (Debian's package chromium).")
    with production() as installation:
        cookies = session_of(furnish(SECRET, undo_seconds=10))
        take_events(installation.url, rate=20, seconds=TASKS // 20)
        _wait_for(TASKS)
        presses, seconds = _at_the_desk(chromium, installation.url, cookies)
        assert _decided() == TASKS, _decided()
    report("forty", "forty_keystrokes", presses, "")
    report("forty", "forty_s", seconds, "s")


def _at_the_desk(chromium: str, url: str, cookies: Mapping[str, str]) -> tuple[int, float]:
    """Keystrokes and seconds. The browser's library runs a loop in this thread, so the database is not asked inside."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport=WIDE, base_url=url, reduced_motion="reduce")
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
        decided = _decide_all(context.new_page())
        browser.close()
    return decided


def _decide_all(page: Page) -> tuple[int, float]:
    keyboard = Keyboard(page)
    page.goto("/queue/team/")
    page.wait_for_selector("#task-title")
    started = time.perf_counter()
    for number in range(1, TASKS + 1):
        before = page.get_attribute("#task", "data-task")
        keyboard.press("r" if number % REJECTED == 0 else "a")
        page.wait_for_function("task => document.getElementById('task')?.dataset.task !== task", arg=before)
    spent = time.perf_counter() - started
    return keyboard.presses, spent


def _wait_for(number: int) -> None:
    from reviewhub.reviews.models import ReviewTask

    until = time.monotonic() + 60
    while ReviewTask.objects.filter(status="open").count() < number:
        assert time.monotonic() < until, "The tasks did not come."
        time.sleep(0.1)


def _decided() -> int:
    from reviewhub.reviews.models import Decision

    return Decision.objects.count()


if __name__ == "__main__":
    main()

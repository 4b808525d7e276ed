"""Lighthouse's marks for the desk's pages, as a phone on a slow network loads them.

Lighthouse itself is installed on first use, in one version, where Node.js is; without Node.js its marks are left out.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from benchmarks.report import report
from tests.support.machines import free_port, wait_for_port

VERSION = "lighthouse@12.8.2"
KEPT_IN = Path(tempfile.gettempdir()) / f"reviewhub-{VERSION.replace('@', '-')}"
PROGRAM = KEPT_IN / "node_modules/lighthouse/cli/index.js"
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100}
TIMES = 3  # the middle one counts
TRIES = 3
SWITCHES = ("--headless=new", "--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-sync")


def measure(url: str, paths: Sequence[str], cookies: Mapping[str, str]) -> None:
    """Reports the lowest mark that any of the pages gets."""
    if shutil.which("npm") is None:
        print("Lighthouse needs Node.js with npm; its marks are left out.", file=sys.stderr)
        return
    if not PROGRAM.exists():
        install = ["npm", "install", "--prefix", str(KEPT_IN), "--ignore-scripts", "--no-audit", "--no-fund", VERSION]
        subprocess.run(install, check=True, capture_output=True, timeout=180)
    with _chromium(url, cookies) as port:
        marks = [_marks(f"{url}{path}", port) for path in paths]
    for name, bar in BARS.items():
        lowest = min(mark[name] for mark in marks)
        report("desk", f"lighthouse_{name.replace('-', '_')}", lowest, "of 100", at_least=bar)


@contextmanager
def _chromium(url: str, cookies: Mapping[str, str]) -> Iterator[int]:
    """A browser that is signed in; yields the port by which it is steered."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is not installed (Debian's package chromium)."
    port = free_port()
    with tempfile.TemporaryDirectory() as place:
        switches = [*SWITCHES, f"--remote-debugging-port={port}", f"--user-data-dir={place}"]
        browser = subprocess.Popen([program, *switches], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for_port(port)
            with sync_playwright() as playwright:
                context = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}").contexts[0]
                context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
            yield port  # with nobody else attached, who would be told of every request
        finally:
            browser.terminate()
            browser.wait(20)


def _marks(address: str, port: int) -> dict[str, float]:
    found = [_once(address, port) for _ in range(TIMES)]
    return {name: 100 * median(each["categories"][name]["score"] for each in found) for name in BARS}


def _once(address: str, port: int) -> dict[str, dict[str, dict[str, float]]]:
    """A load that Lighthouse itself could not follow to its end measures nothing: it says why, and tries again."""
    asked = [f"--port={port}", "--quiet", "--output=json", f"--only-categories={','.join(BARS)}"]
    command = ["node", str(PROGRAM), address, *asked]
    for _ in range(TRIES):
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
        if done.returncode == 0:
            found: dict[str, dict[str, dict[str, float]]] = json.loads(done.stdout)
            return found
        print(f"Lighthouse could not load {address}: {done.stderr.strip()[-500:]}", file=sys.stderr)
    raise RuntimeError(f"Lighthouse could not load {address}, {TRIES} times.")

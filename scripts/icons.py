"""Draws the app's icons from static/favicon.svg: the mark on its disc, and once with room around it for masks."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

STATIC = Path(__file__).resolve().parents[1] / "static"
ICONS = {"app-180.png": (180, False), "app-192.png": (192, False), "app-512.png": (512, False)}
MASKABLE = {"app-maskable-512.png": (512, True)}
INK = "#23272f"  # the disc's own colour, which a masked icon shows to its edges


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed (Debian's package chromium).")
    (STATIC / "icons").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (size, masked) in {**ICONS, **MASKABLE}.items():
            _draw(browser, STATIC / "icons" / name, size, masked=masked)
            print(f"static/icons/{name}")
        browser.close()


def _draw(browser: Browser, path: Path, size: int, *, masked: bool) -> None:
    """A masked icon keeps the mark within the middle 80 %, and fills the rest."""
    page = browser.new_page(viewport={"width": size, "height": size}, color_scheme="light")
    side = round(size * 0.8) if masked else size
    svg = (STATIC / "favicon.svg").read_text().replace("<svg ", f'<svg width="{side}" height="{side}" ', 1)
    ground = INK if masked else "transparent"
    style = f"margin:0;block-size:100vh;display:grid;place-content:center;background:{ground}"
    page.set_content(f'<body style="{style}">{svg}')
    page.screenshot(path=path, omit_background=True)
    page.close()


if __name__ == "__main__":
    main()

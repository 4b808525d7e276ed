"""Takes a state's pictures in both themes, and finds what is wrong with the page there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page

from tests.pictures.states import PHONE, WIDE, State
from tests.support.browser import axe_findings
from tests.support.network import is_here

SIZES = {WIDE: (1440, 900), PHONE: (390, 844)}
HIGHEST = 4000  # pixels of a picture of a whole page
SETTLES = 350  # milliseconds
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# What the browser says of states in which no answer, or a bad one, comes on purpose.
EXPECTED = ("Failed to load resource", "WebSocket", "Response Status Error Code", "htmx:sendAbort", "htmx:afterRequest")

OVERFLOW = "() => document.documentElement.scrollWidth > innerWidth"

# How high the window has to be for all of the page to be seen, where a part of it scrolls.
HEIGHT = """() => {
  const places = "html, body, main, .page, .pane, .pane-scroll, .rows, .canvas, #content, #main";
  const hidden = ({ scrollHeight, clientHeight }) => scrollHeight - clientHeight;
  return innerHeight + Math.max(0, ...[...document.querySelectorAll(places)].map(hidden));
}"""

# What can be reached by Tab has to show that it has been: on itself or on what holds it.
UNSEEN = """() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const parts = (node) => {
    const found = [];
    for (let each = node; each && found.length < 12; each = each.parentElement)
      found.push([each], [each, "::before"], [each, "::after"]);
    return found;
  };
  const drawn = (node) => parts(node).map((part) => {
    const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(...part);
    return [outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor].join();
  }).join("|");
  document.activeElement?.blur();
  const unseen = [...document.querySelectorAll(all)].slice(0, 160)
    .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.tabIndex >= 0 && !node.disabled)
    .filter((node) => {
      const before = drawn(node);
      node.focus({ focusVisible: true, preventScroll: true });
      const same = document.activeElement === node && drawn(node) === before;
      node.blur();
      return same;
    });
  return unseen.slice(0, 5).map((node) => node.outerHTML.slice(0, 90));
}"""

# On a phone all that is tapped has 44 pixels, but for the marks of quotes and, as WCAG 2.2 has it (2.5.8, "inline"),
# links among words that are no links: these are as high as their line. A box and its label are one.
SMALL = """() => {
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, label.check";
  const inline = (node) => getComputedStyle(node).display.startsWith("inline");
  const words = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.match(/\\p{L}{2,}/gu)?.length ?? 0;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches(all) || !node.checkVisibility()) return 0;
    return [...node.childNodes].reduce((sum, each) => sum + (inlineOrText(each) ? words(each) : 0), 0);
  };
  const inlineOrText = (node) => node.nodeType === Node.TEXT_NODE || (node.nodeType === 1 && inline(node));
  const within = (node) => {
    if (node.tagName !== "A" || !inline(node)) return false;
    let holds = node.parentElement;
    while (inline(holds)) holds = holds.parentElement;
    return words(holds) >= 2;
  };
  const box = "[type=checkbox], [type=radio]";
  const holder = (node) =>
    (node.matches("input") && (node.closest("label") ?? (node.matches(box) && node.labels?.[0]))) || node;
  const size = (node) => {
    const { width, height } = holder(node).getBoundingClientRect();
    const after = getComputedStyle(node, "::after");
    if (after.position !== "absolute") return { width, height };
    return { width: Math.max(width, parseFloat(after.width)), height: Math.max(height, parseFloat(after.height)) };
  };
  return [...document.querySelectorAll(all)]
    .filter((node) => node.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .filter((node) => !node.closest(".visually-hidden, .skip, .strip, .ref, svg, [aria-hidden=true]"))
    .filter((node) => holder(node) !== node || !within(node))
    .map((node) => [node, size(node)])
    .filter(([, box]) => box.width > 1 && box.height > 1 && (box.height < 43.5 || box.width < 43.5))
    .slice(0, 6)
    .map(([node, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${node.outerHTML.slice(0, 80)}`);
}"""


@dataclass
class Looked:
    """What came of a state at one width."""

    state: str
    size: str
    pictures: dict[str, Path] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


class Looker:
    """A browser at one width, with a profile for each person, so that what was fetched once is kept."""

    def __init__(self, browser: Browser, url: str, size: str, know: Callable[[BrowserContext, State], None]) -> None:
        self._browser, self._url, self._size, self._know = browser, url, size, know
        self._contexts: dict[tuple[str, bool], BrowserContext] = {}

    def look(self, state: State, folder: Path) -> Looked:
        looked = Looked(state.name, self._size)
        context = self._context_of(state)
        page = context.new_page()
        try:
            self._listen(page, looked.faults)
            self._come(page, state, looked.faults)
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                looked.pictures[scheme] = folder / f"{state.name}-{self._size}-{scheme}.png"
                page.screenshot(path=looked.pictures[scheme])
                if state.ours:
                    looked.faults += [f"{scheme}: {found}" for found in axe_findings(page)]
            if state.ours:
                looked.faults += _found(page, self._size)
        except Error as error:
            looked.faults.append(f"Could not be looked at: {error.message[:400]}")
        finally:
            page.unroute_all(behavior="ignoreErrors")  # an answer that is held back on purpose is waited for no more
            page.close()
        self._forget(state)
        return looked

    def _context_of(self, state: State) -> BrowserContext:
        whose = (state.person, state.by_mail)
        if whose not in self._contexts:
            self._contexts[whose] = self._context()
            self._know(self._contexts[whose], state)
        return self._contexts[whose]

    def _forget(self, state: State) -> None:
        """A profile that was nobody's, or that has signed out, is used for no other state."""
        whose = (state.person, state.by_mail)
        signed_in = any(cookie.get("name") == "sessionid" for cookie in self._contexts[whose].cookies())
        if not state.person or not (state.by_mail or signed_in):
            self._contexts.pop(whose).close()

    def _context(self) -> BrowserContext:
        width, height = SIZES[self._size]
        in_hand = self._size == PHONE
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            base_url=self._url,
            locale="en-GB",
            timezone_id="UTC",
            is_mobile=in_hand,
            has_touch=in_hand,
            service_workers="block",
        )
        context.set_default_timeout(6_000)
        return context

    def _come(self, page: Page, state: State, faults: list[str]) -> None:
        if state.before:
            state.before(page)
        answer = page.goto(state.address)
        if answer is not None and answer.status != state.status:
            faults.append(f"{state.address} answered {answer.status}, and not {state.status}.")
        if state.settled:
            page.wait_for_load_state("load")
            page.wait_for_timeout(SETTLES)
        if state.act:
            state.act(page)
        page.wait_for_timeout(SETTLES)
        if state.tall:
            width = SIZES[self._size][0]
            page.set_viewport_size({"width": width, "height": min(HIGHEST, page.evaluate(HEIGHT))})
            page.wait_for_timeout(SETTLES)

    def _listen(self, page: Page, faults: list[str]) -> None:
        def asked(request: Any) -> None:
            address = urlsplit(request.url)
            if address.scheme in {"http", "https", "ws", "wss"} and not is_here(address.hostname or ""):
                faults.append(f"Asked another host: {request.url}")

        def said(message: Any) -> None:
            if message.type == "error" and not any(each in message.text for each in EXPECTED):
                faults.append(f"The console says: {message.text[:300]}")

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(f"A script broke: {error}"))


def _found(page: Page, size: str) -> list[str]:
    faults = ["The page is wider than its window."] if page.evaluate(OVERFLOW) else []
    if size == PHONE:
        faults += [f"Smaller than 44 px: {each}" for each in page.evaluate(SMALL)]
    return faults + [f"Takes the focus and does not show it: {each}" for each in page.evaluate(UNSEEN)]

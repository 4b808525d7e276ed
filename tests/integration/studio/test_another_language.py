"""In another language nothing of a page stays English but what people and workflows wrote themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.utils import translation

from orchestration import api
from reviewhub.api.tokens.scopes import SCOPES
from tests.support.studio import PURCHASE, Studio

TRANSLATES = "django.utils.translation._trans"
OPENS, CLOSES = "⟦", "⟧"
UNREAD = {"script", "style", "pre", "textarea", "kbd", "code", "template", "title"}
READ = ("aria-label", "title", "placeholder", "alt")
EMPTY = {"input", "meta", "link", "br", "hr", "img", "use", "path"}
WORD = re.compile(r"[A-Za-z]{3,}")
# What is data: the workflow, its people, its values, the kinds of audit events, names and addresses.
PEOPLE = "Alice Moreau Bob Tan Carol Nyström Oscar Lind Olga Ada Adam Erin ann@example.com"
VALUES = "ReviewHub UTC First cut pens paper purchases orders remaining PO input result values case"
SCOPED = " ".join(SCOPES)
WRITTEN = {word.lower() for text in (PURCHASE, PEOPLE, VALUES, SCOPED) for word in WORD.findall(text)}


@pytest.fixture
def another_language(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Puts everything that is translated in brackets, in a language in which nothing has been printed yet."""

    def marked(text: Any, *others: Any) -> str:
        chosen = others[0] if len(others) == 2 and others[1] != 1 else text
        return f"{OPENS}{chosen}{CLOSES}"

    for name in ("gettext", "ngettext"):
        monkeypatch.setattr(f"{TRANSLATES}.{name}", marked, raising=False)
    for name in ("pgettext", "npgettext"):
        monkeypatch.setattr(f"{TRANSLATES}.{name}", lambda _, *texts: marked(*texts), raising=False)
    with translation.override("eo"):
        yield


class Bare(HTMLParser):
    """What is read of a page, outside of brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self._inside.append(tag)
        self.found += [value for name, value in attrs if name in READ and value and OPENS not in value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not UNREAD & set(self._inside):
            self.found.append(data)


def english_of(html: str, written: set[str]) -> list[str]:
    """Sentences may have elements inside them, so brackets are taken away with all that is between them."""
    while OPENS in html:
        begins = html.rindex(OPENS)
        html = html[:begins] + " " + html[html.index(CLOSES, begins) + 1 :]
    parser = Bare()
    parser.feed(html)
    said = [text.strip() for text in parser.found if {word.lower() for word in WORD.findall(text)} - written]
    return sorted(set(said))


PAGES = [
    ("olga", "/runs/"),
    ("olga", "/deadlines/"),
    ("olga", "/stuck/"),
    ("olga", "/limits/"),
    ("oscar", "/workflows/"),
    ("oscar", "/workflows/purchase/"),
    ("oscar", "/workflows/purchase/draft/"),
    ("oscar", "/workflows/purchase/runs/new/"),
    ("ada", "/audit/"),
    ("ada", "/audit/chain/workflow:purchase/"),
    ("adam", "/tokens/"),
    ("oscar", "{run}"),
    ("oscar", "{run}?all=1"),
    ("oscar", "{run}?step=approval"),
    ("oscar", "{run}at/?n=5"),
    ("oscar", "{ended}?all=1"),
]


@pytest.mark.usefixtures("another_language")
def test_nothing_of_a_process_page_stays_in_english(office: Studio) -> None:
    run, ended = office.start(), office.start("paper")
    office.decide(ended, "approve")
    recorded = " ".join(f"{entry.kind} {entry.data}" for entry in api.audit_entries())
    written = WRITTEN | {word.lower() for word in WORD.findall(recorded.replace("_", " "))}
    found: list[str] = []
    for who, address in PAGES:
        path = address.format(run=f"/runs/{run.pk}/", ended=f"/runs/{ended.pk}/")
        answer = office.at(who).get(path)
        assert answer.status_code == 200, path
        found += [f"{address}: {said}" for said in english_of(answer.content.decode(), written)]
    assert "\n".join(found) == ""

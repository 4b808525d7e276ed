"""`python -m tests.pictures [NAME …]`: the states whose names begin so, or all. Fails on what is found wrong."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.installation import ROOT, Installation

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.pictures.looking import Looked
    from tests.pictures.states import State

FOLDER = ROOT / "build" / "pictures"
LONGEST = 25 * 60  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("names", nargs="*", help="how the states' names begin")
    parser.add_argument("--size", choices=("wide", "phone"), help="at this width alone")
    given = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        demo = Installation(Path(place), f"sqlite:///{place}/reviewhub.sqlite3")
        # One second is one here, so that nothing runs out while its picture is taken.
        demo.environment |= {"DEMO_SPEED": "1", "PUSH_HOSTS": "push.example.com", "LOG_LEVEL": "WARNING"}
        try:
            demo.start(ready_within=120)
            looked = _look_at(demo, tuple(given.names), (given.size,) if given.size else ("wide", "phone"))
        finally:
            demo.close()
    _tell(looked)


def _look_at(demo: Installation, names: tuple[str, ...], sizes: tuple[str, ...]) -> list[Looked]:
    os.environ |= demo.environment | {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    import django

    django.setup()

    from playwright.sync_api import sync_playwright

    from tests.pictures.house import House
    from tests.pictures.looking import Looked, Looker
    from tests.pictures.states import states
    from tests.support.browser import launch

    house = House()
    house.fill()
    until, looked = time.monotonic() + LONGEST, list[Looked]()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for size in sizes:
            looker = Looker(browser, demo.url, size, _know)
            for state in states(house, size):
                if names and not state.name.startswith(names):
                    continue
                if time.monotonic() > until:
                    return [*looked, Looked(state.name, size, faults=[f"{LONGEST // 60} minutes were over."])]
                looked.append(looker.look(state, FOLDER))
                print("\n".join([state.name, *looked[-1].faults]), flush=True)
        browser.close()
    return looked


def _know(context: BrowserContext, state: State) -> None:
    """Signs the person in, or lets the browser be known as one that reads their mails."""
    from django.conf import settings
    from django.core.signing import dumps
    from django.test import Client

    from reviewhub.accounts.models import Person
    from reviewhub.web.views.proving import COOKIE, salt_of

    if not state.person:
        return
    person = Person.objects.get(username=state.person)
    name, value = COOKIE, dumps(person.pk, salt=salt_of(person))
    if not state.by_mail:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        name, value = settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": name, "value": value, "url": settings.PUBLIC_URL, "httpOnly": True}])


def _tell(all_looked: list[Looked]) -> None:
    from tests.pictures.sheet import write_sheet

    print()
    for looked in all_looked:
        for fault in looked.faults:
            print(f"{looked.state}, {looked.size}: {fault}")
    pictures = sum(len(looked.pictures) for looked in all_looked)
    print(f"{pictures} pictures: {write_sheet(FOLDER, all_looked)}")
    sys.exit(any(looked.faults for looked in all_looked))


if __name__ == "__main__":
    main()

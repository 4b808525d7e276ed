"""Instants that the browser says anew, as the server said them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.support.installation import ROOT
from tests.support.repeated_hours import REPEATED

pytestmark = pytest.mark.browser

HERE = "http://localhost:9"  # nothing listens there: the test answers
SAY = "async ([at]) => (await import('/js/moments.js')).moment(Date.parse(at))"


def answered(route: Route) -> None:
    """A page of its zone and time, as base.html writes them, and the scripts as they lie in the repository."""
    path, _, given = route.request.url.removeprefix(HERE).partition("?")
    if path.startswith("/js/"):
        route.fulfill(path=ROOT / "static" / path.lstrip("/"), content_type="text/javascript")
    else:
        zone, now = given.split("&")
        route.fulfill(body=f'<html lang="en-gb" data-zone="{zone}" data-now="{now}">', content_type="text/html")


def test_an_hour_that_comes_twice_says_which_of_the_two_it_is(visit: Callable[..., Any]) -> None:
    page = visit(HERE, width=390, height=844, scheme="light").page
    page.route("**/*", answered)
    wrong = []
    for zone, now, at, said in REPEATED:
        page.goto(f"{HERE}/?{zone}&{now:%Y-%m-%dT%H:%MZ}")
        shown = page.evaluate(SAY, [at.isoformat()])
        if shown != said:
            wrong.append((zone, at, said, shown))
    assert not wrong

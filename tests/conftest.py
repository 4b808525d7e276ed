"""Fixtures of the whole suite; see README.md beside this file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis

from tests.support.network import stay_here

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.support.browser import Scheme, Visitor
    from tests.support.installation import Installation
    from tests.support.live_site import LiveSite

stay_here()

# The gate says the same of the same code: its examples are fixed. `--hypothesis-profile=long` looks for new ones, by
# chance and for longer. A failure prints the falsifying example and a blob for @reproduce_failure.
hypothesis.register_profile("default", max_examples=100, deadline=None, print_blob=True, derandomize=True)
hypothesis.register_profile("long", max_examples=5_000, deadline=None, print_blob=True)
hypothesis.load_profile("default")

DESKTOP = (1440, 900)


def pytest_configure() -> None:
    from tests.support.audit_flush import allow_flush

    allow_flush()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: Playwright keeps an event loop running in the thread from its start on."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """An own Redis server, for the whole session."""
    from tests.support.machines import redis_server

    with redis_server() as url:
        yield url


@pytest.fixture
def live_site(transactional_db: None) -> Iterator[LiveSite]:
    """The web server in a thread, over the test's database."""
    from tests.support.live_site import LiveSite

    site = LiveSite().start()
    yield site
    site.close()


@pytest.fixture
def installation(transactional_db: None, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Installation]:
    """Real processes over the test's database, in demo mode; not started yet."""
    from django.db import connection

    from tests.support.installation import Installation

    at = connection.settings_dict
    if connection.vendor == "sqlite":
        made = Installation(tmp_path, f"sqlite:///{at['NAME']}")
    else:
        url = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
        made = Installation(tmp_path, url, redis_url=request.getfixturevalue("empty_redis_url"))
    yield made
    made.close()


@pytest.fixture
def empty_redis_url(redis_url: str) -> str:
    """The session's Redis server without anything that an earlier test left there."""
    import redis

    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the session. Playwright keeps an event loop in this thread, which Django has to be told."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visit(url, width=390, height=844, scheme="dark")`: a fresh profile with `.page` and `.sign_in(person)`."""
    from tests.support.browser import Visitor

    visitors: list[Visitor] = []

    def visitor(
        url: str,
        width: int = DESKTOP[0],
        height: int = DESKTOP[1],
        scheme: Scheme = "light",
        *,
        installed: bool = False,
    ) -> Visitor:
        visitors.append(Visitor(browser, width, height, scheme, url, installed=installed))
        return visitors[-1]

    yield visitor
    for one in visitors:
        one.close()


@pytest.fixture
def axe() -> Callable[[Page], Any]:
    """`assert not axe(page)`."""
    from tests.support.browser import axe_findings

    return axe_findings

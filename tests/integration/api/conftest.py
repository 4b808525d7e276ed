"""The office, and a system that asks it for reviews."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from orchestration import api, ports
from tests.integration.api.office import SECRET, Caller, Office
from tests.support.bench import StandingClock
from tests.support.receiver import Receiver, receiver


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def stranger(db: None) -> Caller:
    """Nobody who is known."""
    return Caller()


@pytest.fixture
def clock() -> Iterator[StandingClock]:
    before = ports.bound.clock
    standing = StandingClock()
    ports.bind(clock=standing)
    yield standing
    ports.bind(clock=before)


@pytest.fixture
def shop(office: Office) -> Caller:
    """A service token, of an engineer."""
    return office.calls(office.engineer, "reviews:create", "reviews:read", kind="service")


@pytest.fixture
def system(office: Office, settings: Settings) -> Iterator[Receiver]:
    """The system that asks, with a connection that lets us call it back."""
    settings.DEMO = True
    with receiver() as receiving:
        base = receiving.url.rpartition("/hooks")[0]
        api.save_connection(name="shop-back", kind="callback", base_url=base, secret=SECRET, actor=api.SYSTEM)
        yield receiving

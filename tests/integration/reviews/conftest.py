"""People and a clock for the desk's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestration import ports
from reviewhub import wiring
from tests.support.bench import StandingClock
from tests.support.cast import Cast, cast
from tests.support.desk import Desk
from tests.support.desk import desk as real_desk


@pytest.fixture
def clock(db: None) -> Iterator[StandingClock]:
    before = ports.bound.clock
    wiring.bind()
    standing = StandingClock()
    ports.bind(clock=standing)
    yield standing
    ports.bind(clock=before)


@pytest.fixture
def people(clock: StandingClock) -> Cast:
    return cast()


@pytest.fixture
def desk(db: None) -> Iterator[Desk]:
    with real_desk() as made:
        yield made

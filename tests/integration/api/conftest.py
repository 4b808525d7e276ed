"""The office as a fixture."""

from __future__ import annotations

import pytest

from tests.integration.api.office import Caller, Office


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def stranger(db: None) -> Caller:
    """Nobody who is known."""
    return Caller()

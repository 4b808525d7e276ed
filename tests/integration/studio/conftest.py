"""The studio as a fixture."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.studio import Studio, studio


@pytest.fixture
def office(db: None) -> Iterator[Studio]:
    with studio() as made:
        yield made

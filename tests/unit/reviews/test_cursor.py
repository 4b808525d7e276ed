"""The cursor of a page, as text in an address."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from reviewhub.reviews.selectors import Cursor

CURSOR = Cursor(datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC), UUID("0198c0de-0000-7000-8000-000000000001"))


def test_a_cursor_survives_the_address() -> None:
    assert Cursor.parse(str(CURSOR)) == CURSOR


def test_a_cursor_needs_no_escaping() -> None:
    assert str(CURSOR).replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("text", ["", "x", "e30", "WzEsMl0", "W10", "Ä", "WyIyMDI2LTAzLTAyVDEyOjAwOjAwIiwgIjAiXQ"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="page"):
        Cursor.parse(text)

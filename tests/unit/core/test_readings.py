"""What was read for a field: what is kept of it, and whose word its confidence is."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.core.readings import reading_of, readings_of


@pytest.mark.parametrize(
    ("said", "fitted", "own"),
    [
        ({"value": 1, "confidence": 0.9}, None, 0.9),  # never compared with what people did
        ({"value": 1, "confidence": 0.9, "sample": 0}, None, 0.9),
        ({"value": 1, "confidence": 0.9, "agreed": 90, "sample": 100}, 0.9, None),
        ({"value": 1, "confidence": 0.9, "sample": 100, "own_confidence": 0.5}, 0.9, 0.5),
        ({"value": 1, "confidence": 2}, None, None),
        ({"value": 1, "confidence": True}, None, None),
        ({"value": 1, "confidence": float("nan")}, None, None),
        ({"value": None}, None, None),
    ],
)
def test_a_confidence_without_a_sample_is_the_readers_own_word(
    said: dict[str, Any], fitted: float | None, own: float | None
) -> None:
    found = reading_of(said)
    assert found is not None
    assert (found["confidence"], found["own_confidence"]) == (fitted, own)


@pytest.mark.parametrize("said", [None, 3, "1,250", [], {}, {"confidence": 1}])
def test_what_has_no_value_is_no_reading(said: Any) -> None:
    assert reading_of(said) is None
    assert readings_of({"amount": said}) == {}


def test_hostile_sizes_are_cut_off() -> None:
    found = reading_of({"value": 1, "quote": "x" * 5000, "source": {"a": 1}, "document": "d" * 5000})
    assert found is not None
    assert (len(found["quote"]), found["source"], len(found["document"])) == (1000, "", 200)

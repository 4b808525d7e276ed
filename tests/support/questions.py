"""Questions that tests put to recommenders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.ports import Question

PURCHASE: Mapping[str, Any] = {
    "request": {"supplier": "Northwind Instruments", "amount": 1200, "note": "A new spectrometer for the lab"},
    "budget": {"remaining": 5000},
    "lines": [{"item": "PS-200", "price": 1150.5}],
}


def question(
    facts: Mapping[str, Any] = PURCHASE,
    *,
    kind: str = "recommend",
    outcomes: tuple[str, ...] = ("approve", "reject"),
    seconds: float = 5.0,
    point: str = "purchase-assessment",
) -> Question:
    return Question(point, 1, kind, facts, "run-1", outcomes, seconds)

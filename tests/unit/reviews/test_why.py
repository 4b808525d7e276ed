"""Why a person sees a task."""

from __future__ import annotations

from typing import Any

import pytest

from reviewhub.reviews.why import WHY, escalated, why_codes

CALM: dict[str, Any] = {
    "kind": "review",
    "concerns": (),
    "critical": False,
    "asked_ai": True,
    "ai_outcome": "approve",
    "confidence": 0.95,
}


@pytest.mark.parametrize(
    ("differs", "codes"),
    [
        ({}, ["always"]),  # nothing unusual: the workflow just asks
        ({"concerns": ("exception",)}, ["exception"]),
        ({"concerns": ("anomaly", "value")}, ["value", "anomaly"]),
        ({"confidence": 0.79}, ["low_confidence"]),
        ({"confidence": 0.8}, ["always"]),  # the limit itself is enough
        ({"confidence": None}, ["always"]),  # no number is not a low number
        ({"ai_outcome": "", "confidence": None}, ["no_recommendation"]),
        ({"asked_ai": False, "ai_outcome": "", "confidence": None}, ["always"]),  # no AI step at all
        ({"critical": True}, ["critical"]),
        (
            {"critical": True, "concerns": ("exception",), "confidence": 0.1},
            ["exception", "low_confidence", "critical"],
        ),
        ({"kind": "incident", "critical": True}, ["incident"]),  # a failed step says all
    ],
)
def test_each_reason_to_look_is_named_in_the_order_of_gravity(differs: dict[str, Any], codes: list[str]) -> None:
    found = why_codes(**{**CALM, **differs})
    assert found == codes
    assert all(code in WHY for code in found)


@pytest.mark.parametrize(
    ("before", "codes"),
    [
        (["always"], ["escalation"]),  # a person decides here anyway, and now it presses
        (["value"], ["value", "escalation"]),
        (["value", "escalation"], ["value", "escalation"]),  # the next level
    ],
)
def test_whoever_a_level_reaches_reads_that_it_was_escalated(before: list[str], codes: list[str]) -> None:
    assert escalated(before) == codes

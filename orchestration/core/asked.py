"""Finding the step that has asked people, by its review's or incident's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.core.deciding import Deciding
from orchestration.core.state import StepState
from orchestration.exceptions import InvalidTransition


def asked_step(d: Deciding, key: str, status: str, verb: str) -> StepState:
    """Raises `InvalidTransition` where the review is not `status` (open, decided); `verb` is as in "be verb"."""
    step = d.work.run_step(key)
    if step is None or not step.is_open:
        raise InvalidTransition(f"The review {key} cannot be {verb}: it is not open any more.")
    if review_of(step)["status"] != status:
        raise InvalidTransition(f"The review {key} cannot be {verb}: it is {review_of(step)['status']}.")
    return step


def review_of(step: StepState) -> Mapping[str, Any]:
    if step.review is None:
        raise InvalidTransition(f"{step.path} has no review.")
    return step.review

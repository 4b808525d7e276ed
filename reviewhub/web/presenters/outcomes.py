"""The ways to decide, each with its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewhub.reviews.models import ReviewTask

LETTERS = {"approve": "a", "reject": "r"}
ICONS = {
    "approve": "check",
    "reject": "cross",
    "retry": "retry",
    "retry_corrected": "pencil",
    "skip": "right",
    "compensate": "undo",
    "fail": "cross",
    "send": "mail",
}
MAIN = 2  # how many outcomes are ink: no more than two weigh the same


@dataclass(frozen=True, slots=True)
class OutcomeButton:
    id: str
    label: str
    key: str
    icon: str
    main: bool


def outcome_buttons(task: ReviewTask) -> tuple[OutcomeButton, ...]:
    """The main ones first, else in the order written. Approve and reject answer to a letter, the others to digits. Of
    the ways on from a failed step only the proposed one weighs more, in its place."""
    known = [str(each["id"]) for each in task.outcomes]
    lettered = [outcome for outcome in known if outcome in LETTERS]
    rest = [outcome for outcome in known if outcome not in LETTERS]
    mends = task.kind == task.Kind.INCIDENT
    main = {task.ai_outcome or known[0]} if mends else {*lettered, *rest[: max(0, MAIN - len(lettered))]}
    keys = LETTERS | {outcome: str(digit) for digit, outcome in enumerate(rest[:9], start=1)}
    ordered = known if mends else sorted(known, key=lambda outcome: outcome not in main)
    return tuple(
        OutcomeButton(outcome, task.label_of(outcome), keys.get(outcome, ""), ICONS.get(outcome, ""), outcome in main)
        for outcome in ordered
    )

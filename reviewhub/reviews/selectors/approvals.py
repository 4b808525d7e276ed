"""Who decides a task together, for its page and the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.models import Decision, ReviewTask


@dataclass(frozen=True, slots=True)
class SeatShown:
    """One of those who decide. `status`: voted, asked, or later (not asked yet)."""

    status: str
    people: tuple[str, ...]  # whoever voted, or those who are asked; empty: anybody of the queue
    to: Mapping[str, str] | None  # whom it is for, before anybody is asked
    outcome: str  # what was voted; empty while nobody may see it
    at: datetime | None
    decides: bool  # settles by itself what the others did not agree on


@dataclass(frozen=True, slots=True)
class Approvals:
    need: int
    in_order: bool
    blind: bool
    sealed: bool  # what was voted is shown when all have
    disputed: bool
    seats: tuple[SeatShown, ...]


def approvals_of(task: ReviewTask, seen: Iterable[Decision]) -> Approvals | None:
    """`seen` are the decisions that the reader may see."""
    plan = task.approvals
    if plan is None:
        return None
    votes = {vote["seat"]: vote for vote in plan["votes"]}
    said = {decision.seat: decision for decision in seen if decision.taken_back_at is None}
    return Approvals(
        need=plan["need"],
        in_order=plan["in_order"],
        blind=plan["blind"],
        sealed=is_sealed(task),
        disputed=bool(plan["disputed"]),
        seats=tuple(
            _seat(seat, votes.get(at), said.get(at))
            for at, seat in enumerate(plan["seats"])
            if at in votes or not plan["disputed"] or seat.get("decides")
        ),
    )


def _seat(seat: Mapping[str, Any], vote: Mapping[str, Any] | None, said: Decision | None) -> SeatShown:
    decides = bool(seat.get("decides"))
    if vote is not None:
        outcome, at = said.outcome if said else "", datetime.fromisoformat(vote["received_at"])
        return SeatShown("voted", (vote["by"]["label"],), seat["to"], outcome, at, decides)
    asked = seat["to"] is None or seat["people"] is not None
    people = tuple(person["label"] for person in seat["people"] or ())
    return SeatShown("asked" if asked else "later", people, seat["to"], "", None, decides)

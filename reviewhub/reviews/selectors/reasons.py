"""The catalogue of reasons as a page offers it."""

from __future__ import annotations

from dataclasses import dataclass

from reviewhub.reviews.models import OverrideReason


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """A first-level reason and the details that may be added to it."""

    reason: OverrideReason
    details: tuple[OverrideReason, ...]


def reason_groups() -> list[ReasonGroup]:
    """What is offered now, in the order of the settings, in one query."""
    offered = list(OverrideReason.objects.filter(current=True, active=True))
    return [
        ReasonGroup(group, tuple(each for each in offered if each.group == group.group and each.detail))
        for group in offered
        if not group.detail
    ]

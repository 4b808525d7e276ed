"""The catalogue of reasons as a page offers it."""

from __future__ import annotations

from dataclasses import dataclass

from reviewhub.reviews.models import OverrideReason


@dataclass(frozen=True, slots=True)
class ReasonGroup:
    """A first-level reason and the details that may be added to it."""

    reason: OverrideReason
    details: tuple[OverrideReason, ...]


def offered_reasons(workflow: str = "") -> list[OverrideReason]:
    """What is offered now in a workflow, in the order of the settings, in one query.

    The reasons of every workflow, with its own beside them and, where the code is the same, in their place.
    """
    known = OverrideReason.objects.filter(current=True, workflow__in={"", workflow})
    by_code: dict[str, OverrideReason] = {}
    for reason in known:
        if reason.workflow or reason.code not in by_code:
            by_code[reason.code] = reason
    offered = [reason for reason in by_code.values() if reason.active]
    return sorted(offered, key=lambda reason: (reason.position, reason.group, reason.detail))


def reason_groups(workflow: str = "") -> list[ReasonGroup]:
    offered = offered_reasons(workflow)
    return [
        ReasonGroup(group, tuple(each for each in offered if each.group == group.group and each.detail))
        for group in offered
        if not group.detail
    ]

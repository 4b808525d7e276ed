"""How the catalogue of reasons came to be what it is: each version with who made it, when, and what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration import api
from reviewhub.reviews.models import OverrideReason

CHAIN = "reason:"
KEPT = ("label", "feeds", "trains", "needs_note", "active", "position")  # what a version says
SHOWN = 200  # changes on one page


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is None in a reason's first version."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ReasonVersion:
    """`event`, `at` and `by` are nothing where it came with the product."""

    reason: OverrideReason
    differences: tuple[Difference, ...]
    event: int | None = None
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Then:
    """A reason as it was, and as it is now. One that was not there yet is offered no more."""

    reason: OverrideReason
    current: OverrideReason
    was_there: bool

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What going back would change."""
        if self.was_there:
            return difference(self.current, self.reason)
        return (Difference("active", before=True, after=False),) if self.current.active else ()


def versions_of(reason: OverrideReason) -> list[ReasonVersion]:
    """The newest first."""
    return list(_told(_rows(workflow=reason.workflow, code=reason.code)))


def changes_of_reasons(workflow: str) -> list[ReasonVersion]:
    """What people changed in the catalogue of a workflow, or in that of all (""), the latest first."""
    changed = [version for version in _told(_rows(workflow=workflow)) if version.event is not None]
    return sorted(changed, key=lambda version: -(version.event or 0))[:SHOWN]


def catalogue_at(event: int, workflow: str) -> dict[str, Then]:
    """By code, the workflow's reasons as they were after the event."""
    found: dict[str, Then] = {}
    for version in reversed(list(_told(_rows(workflow=workflow)))):  # the oldest of each code first
        code, was_there = version.reason.code, version.event is None or version.event <= event
        known = found.get(code)
        then = version.reason if was_there or known is None else known.reason
        found[code] = Then(then, version.reason, was_there or (known is not None and known.was_there))
    return found


def difference(before: OverrideReason | None, after: OverrideReason) -> tuple[Difference, ...]:
    if before is None:
        return tuple(Difference(name, None, getattr(after, name)) for name in KEPT)
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in KEPT)
    return tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])


def _rows(**of: str) -> list[OverrideReason]:
    return list(OverrideReason.objects.filter(**of).order_by("workflow", "code", "-version"))


def _told(rows: Iterable[OverrideReason]) -> Iterator[ReasonVersion]:
    rows = list(rows)
    known = {(row.workflow, row.code, row.version): row for row in rows}
    events = _events({row.code for row in rows})
    for row in rows:
        earlier = known.get((row.workflow, row.code, row.version - 1))
        event = events.get((row.workflow, row.code, row.version))
        told = (event.pk, event.at, event.actor_label) if event is not None else ()
        yield ReasonVersion(row, difference(earlier, row), *told)


def _events(codes: set[str]) -> dict[tuple[str, str, int], Any]:
    """By workflow, code and version."""
    chains = [f"{CHAIN}{code}" for code in sorted(codes)]
    found = {}
    for event in api.audit_entries().filter(chain__in=chains, kind="reason.changed"):
        data = json.loads(event.data)
        found[str(data.get("workflow", "")), event.chain.removeprefix(CHAIN), int(data["version"])] = event
    return found

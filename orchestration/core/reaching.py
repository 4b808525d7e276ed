"""Who acts for somebody who cannot: pure, so that a year of it can be played.

Whoever is away is passed over for the delegate of the absence, then for their manager; so is who may not act. Nobody is
looked at twice, so a circle ends, and nobody who is away is reached.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Away:
    """From `since` until just before `until`."""

    since: datetime
    until: datetime
    delegate: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody as far as reaching them goes; people are named by their ids."""

    manager: str | None = None
    away: tuple[Away, ...] = ()
    active: bool = True

    def absence(self, at: datetime) -> Away | None:
        return next((each for each in self.away if each.since <= at < each.until), None)


def reached(
    wanted: str, member: Callable[[str], Member | None], at: datetime, may_act: Callable[[str], bool]
) -> str | None:
    """The person that is wanted, or whoever acts instead; nobody where the line ends."""
    seen: set[str] = set()
    line = deque([wanted])
    while line:
        here = line.popleft()
        known = member(here) if here not in seen else None
        seen.add(here)
        if known is None:
            continue
        absence = known.absence(at)
        if absence is None and known.active and may_act(here):
            return here
        instead = (absence.delegate if absence is not None else None, known.manager)
        line.extendleft(each for each in reversed(instead) if each is not None)
    return None

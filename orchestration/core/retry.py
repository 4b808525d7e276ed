"""Whether a failed attempt is tried again, and after how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

LONGEST_RETRY_AFTER = timedelta(hours=1)  # a server may ask for patience, not for the step


class ErrorClass(StrEnum):
    """What is known about a failed call."""

    TRANSIENT = "transient"  # nothing happened, and it may work later
    PERMANENT = "permanent"  # nothing happened, and it will not work like this
    AMBIGUOUS = "ambiguous"  # it may have happened


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waits that begin at `first`, grow by `factor`, stop growing at `cap` and vary by `jitter` either way."""

    attempts: int = 4  # tries in all, the first included
    first: timedelta = timedelta(seconds=1.5)
    factor: float = 2.0
    cap: timedelta = timedelta(seconds=60)
    jitter: float = 0.2  # a share of the wait, from 0 to 1

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ValueError("A step is tried once at least.")
        if self.first < timedelta(0) or self.cap < timedelta(0):
            raise ValueError("A wait cannot be negative.")
        if self.factor < 1:
            raise ValueError("Waits grow: the factor is 1 at least.")
        if not 0 <= self.jitter <= 1:
            raise ValueError("Jitter is a share from 0 to 1.")

    def delay(self, attempt: int, draw: float, retry_after: float | None = None) -> timedelta:
        """The wait after the failed `attempt` (the first is 1). `draw` in [0, 1) varies it; what the other side asked
        for, in seconds, is the least that it waits, up to an hour."""
        wait = self._grown(attempt) * (1 + self.jitter * (2 * draw - 1))
        if retry_after is None:
            return wait
        asked = min(retry_after, LONGEST_RETRY_AFTER.total_seconds())
        return max(wait, timedelta(seconds=asked))

    def exhausted(self, attempt: int) -> bool:
        """Whether the failed `attempt` was the last."""
        return attempt >= self.attempts

    def _grown(self, attempt: int) -> timedelta:
        wait, cap = self.first.total_seconds(), self.cap.total_seconds()
        for _ in range(attempt - 1):
            if wait >= cap:
                break
            wait *= self.factor
        return timedelta(seconds=min(wait, cap))


def policy_from(*written: Mapping[str, Any] | None) -> RetryPolicy:
    """The policy that is written, each part by the first that names it; waits are in seconds. ValueError where one
    makes no sense."""
    known: dict[str, Any] = {}
    for said in reversed(written):
        known |= {name: value for name, value in (said or {}).items() if value is not None}
    for wait in known.keys() & {"first", "cap"}:
        known[wait] = timedelta(seconds=known[wait])
    return RetryPolicy(**known)

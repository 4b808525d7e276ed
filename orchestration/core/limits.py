"""How many calls of one kind at a time and in a span, and when not to call at all: the arithmetic, without a store.

Rate: a sliding window. The slots of a window come free one by one, a span after each was used, so no window of that
length ever holds more than it may, and a rested system may be called in a burst. Adaptive concurrency: additive
increase, multiplicative decrease (Chiu and Jain, "Analysis of the increase and decrease algorithms for congestion
avoidance in computer networks", 1989); the increase is Van Jacobson's one a round, 1/limit a good call (1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LEAST = 1.0  # calls at a time, however bad it gets
DECREASE = 0.7  # what is left of the limit after an error or a slow call
SLOW = 2.0  # a call that takes this many times the mean is slow
CALM = timedelta(seconds=1)  # one decrease a round, and a round is at least this long
WEIGHT = 0.1  # of the newest call in the mean
LONGEST_COOL_DOWN = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tool or a connection bears. None: no such limit."""

    calls: int | None = None  # at most so many in any span of `seconds`
    seconds: float = 1.0
    concurrency: int | None = None  # at most so many at a time
    adaptive: bool = False  # below `concurrency`, by what the other side bears
    failures: int | None = None  # so many failures in a row open the breaker
    cool_down: float = 30.0  # seconds until it lets one call through; doubled when that one fails

    def __post_init__(self) -> None:
        numbers = (self.calls, self.concurrency, self.failures)
        if any(number is not None and number < 1 for number in numbers) or self.seconds <= 0 or self.cool_down <= 0:
            raise ValueError("A limit is 1 at least, and its span longer than nothing.")
        if self.adaptive and self.concurrency is None:
            raise ValueError("What adapts needs a concurrency to stay below.")

    @property
    def any(self) -> bool:
        return bool(self.calls or self.concurrency or self.failures)

    @property
    def only_breaker(self) -> bool:
        return self.calls is None and self.concurrency is None


def free_at(uses: Sequence[datetime], limits: Limits, ahead: int, now: datetime) -> datetime:
    """When the one with `ahead` others before it may go; `uses` are the instants used in the last span, in order."""
    if limits.calls is None:
        return now
    span = timedelta(seconds=limits.seconds)
    recent = [now - span] * max(0, limits.calls - len(uses)) + list(uses)[-limits.calls :]
    rounds, place = divmod(ahead, limits.calls)
    return max(now, recent[place] + span * (rounds + 1))


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed while `open_until` is None; open until then; half-open from then until one call has shown how it is."""

    failures: int = 0  # in a row
    open_until: datetime | None = None
    cool_down: float = 0.0  # of the present opening, in seconds

    def state(self, now: datetime) -> str:
        if self.open_until is None:
            return "closed"
        return "open" if now < self.open_until else "half_open"

    def succeeded(self, now: datetime) -> Breaker:
        """While it is open, a call from before the opening says nothing."""
        return self if self.state(now) == "open" else Breaker()

    def failed(self, limits: Limits, now: datetime) -> Breaker:
        """A failed trial call opens it for twice as long; a call from before the opening changes nothing."""
        state = self.state(now)
        if limits.failures is None or state == "open":
            return self
        failures = self.failures + 1
        if state == "closed" and failures < limits.failures:
            return replace(self, failures=failures)
        cool_down = min(self.cool_down * 2, LONGEST_COOL_DOWN) if state == "half_open" else limits.cool_down
        return Breaker(failures, now + timedelta(seconds=cool_down), cool_down)


@dataclass(frozen=True, slots=True)
class Adapting:
    """The present limit of an adaptive concurrency, and the mean by which a slow call is known."""

    limit: float
    mean: float | None = None  # seconds of a good call
    lowered_at: datetime | None = None

    def after(self, *, failed: bool, seconds: float, in_flight: int, most: int, now: datetime) -> Adapting:
        """`in_flight` counts this call too: a limit that is not reached for says nothing, and does not rise."""
        slow = self.mean is not None and seconds > SLOW * self.mean
        mean = self.mean if failed else seconds if self.mean is None else self.mean + WEIGHT * (seconds - self.mean)
        if failed or slow:
            a_round = max(CALM, timedelta(seconds=self.mean or 0.0))
            if self.lowered_at is not None and now - self.lowered_at < a_round:
                return replace(self, mean=mean)
            return Adapting(max(LEAST, min(self.limit, most) * DECREASE), mean, now)
        rises = in_flight * 2 >= self.limit
        limit = self.limit + 1 / self.limit if rises else self.limit
        return Adapting(min(limit, float(most)), mean, self.lowered_at)

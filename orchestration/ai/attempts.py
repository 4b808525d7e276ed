"""What happened when a recommender was asked, in a form that is kept with the recommendation."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.ports import Answer


@dataclass(frozen=True, slots=True)
class ChainAttempt:
    """One question to one recommender. `happened` is a word for machines, `said` a sentence for people."""

    recommender: str
    happened: str  # answered, abstained, timeout, refused, invalid, rate_limited, …
    said: str
    seconds: float
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "recommender": self.recommender,
            "happened": self.happened,
            "said": self.said,
            "seconds": round(self.seconds, 4),
            **self.details,
        }


class Stopwatch:
    """Seconds since it was made, on a clock that is never set back."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started


def abstention(recommender: str, why: str, attempts: tuple[ChainAttempt, ...], **provenance: Any) -> Answer:
    """No recommendation; `why` completes "No recommendation: …"."""
    return Answer(
        outcome=None,
        confidence=None,
        agreed=None,
        sample=None,
        reasons=(f"No recommendation: {why}.",),
        evidence=(),
        would_change="",
        text=None,
        provenance={
            "recommender": recommender,
            "abstained": why,
            "attempts": [attempt.to_json() for attempt in attempts],
            **provenance,
        },
    )

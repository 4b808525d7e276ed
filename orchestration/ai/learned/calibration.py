"""From a raw score to "did people agree": fitted curves, and the past cases that a shown number rests on."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FEWEST_ALIKE = 20  # cases, below which no number is shown
MOST_ALIKE = 100  # the latest of them are counted
REMEMBERED = 1_000  # judged predictions kept for each outcome
ALIKE = (0.05, 0.10)  # distance in calibrated confidence: the narrow window first


@dataclass(frozen=True, slots=True)
class Curve:
    """`sigmoid` has one point (slope, intercept) over the score's log-odds; `isotonic` is read between its points."""

    kind: str
    points: tuple[tuple[float, float], ...]
    sample: int

    def __call__(self, score: float) -> float:
        raw = self._sigmoid(score) if self.kind == "sigmoid" else self._between(score)
        margin = 1.0 / (self.sample + 2)  # nothing is ever certain after so many cases
        return max(margin, min(1.0 - margin, raw))

    def _sigmoid(self, score: float) -> float:
        slope, intercept = self.points[0]
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, slope * log_odds(score) + intercept))))

    def _between(self, score: float) -> float:
        after = bisect_right(self.points, (score, math.inf))
        if after == 0 or after == len(self.points):
            return self.points[max(0, after - 1)][1]
        (x0, y0), (x1, y1) = self.points[after - 1], self.points[after]
        return y0 + (y1 - y0) * (score - x0) / (x1 - x0) if x1 > x0 else y1


def log_odds(score: float) -> float:
    kept = max(1e-6, min(1.0 - 1e-6, score))
    return math.log(kept / (1.0 - kept))


@dataclass(frozen=True, slots=True)
class Judged:
    """A calibrated prediction that did not know the case, and whether the person who decided it agreed."""

    confidence: float
    agreed: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A calibrated confidence and the cases behind it."""

    confidence: float
    agreed: int
    sample: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """One curve for all, own ones for outcomes with enough cases, and judged predictions by outcome, oldest first."""

    shared: Curve
    own: Mapping[str, Curve] = field(default_factory=dict)
    judged: Mapping[str, Sequence[Judged]] = field(default_factory=dict)

    def confidence(self, outcome: str, score: float) -> float:
        return self.own.get(outcome, self.shared)(score)

    def measured(self, outcome: str, score: float) -> Measured | None:
        """None where too few past predictions were like this one: then no number is shown."""
        confidence = self.confidence(outcome, score)
        for window in ALIKE:
            alike = [past for past in self.judged.get(outcome, ()) if abs(past.confidence - confidence) <= window]
            if len(alike) >= FEWEST_ALIKE:
                latest = alike[-MOST_ALIKE:]
                return Measured(round(confidence, 4), sum(past.agreed for past in latest), len(latest))
        return None

    def to_json(self) -> dict[str, Any]:
        return {
            "shared": _curve_to_json(self.shared),
            "own": {outcome: _curve_to_json(curve) for outcome, curve in self.own.items()},
            "judged": {
                outcome: [[past.confidence, int(past.agreed)] for past in found]
                for outcome, found in self.judged.items()
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Calibration:
        return cls(
            _curve_from_json(data["shared"]),
            {outcome: _curve_from_json(curve) for outcome, curve in data["own"].items()},
            {
                outcome: tuple(Judged(confidence, bool(agreed)) for confidence, agreed in found)
                for outcome, found in data["judged"].items()
            },
        )


def _curve_to_json(curve: Curve) -> list[Any]:
    return [curve.kind, [list(point) for point in curve.points], curve.sample]


def _curve_from_json(data: Sequence[Any]) -> Curve:
    kind, points, sample = data
    return Curve(kind, tuple((float(x), float(y)) for x, y in points), sample)

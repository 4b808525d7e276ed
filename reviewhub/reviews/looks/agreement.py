"""How far two people decide alike, beyond chance.

Cohen, J. (1960), A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20(1); the
interval is his large-sample one. Wilson, E. B. (1927), Probable inference, JASA 22, for the interval of a share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

ENOUGH = 30  # pairs, below which nothing is said but how many there are
Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Agreement:
    """`kappa` is None below ENOUGH pairs, and where everybody always gave one answer: chance explains all of it."""

    pairs: int
    same: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def too_few(self) -> bool:
        return self.pairs < ENOUGH


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; the interval is None below ENOUGH."""

    of: int
    right: int
    low: float | None = None
    high: float | None = None

    @property
    def too_few(self) -> bool:
        return self.of < ENOUGH


def agreement_of(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Of outcomes that two people gave to the same cases, the first person's first."""
    number, same = len(pairs), sum(one == other for one, other in pairs)
    by_chance = _by_chance(pairs)
    if number < ENOUGH or by_chance == 1.0:
        return Agreement(number, same)
    observed = same / number
    kappa = (observed - by_chance) / (1 - by_chance)
    error = Z * sqrt(observed * (1 - observed) / number) / (1 - by_chance)
    return Agreement(number, same, kappa, max(-1.0, kappa - error), min(1.0, kappa + error))


def share_of(right: int, of: int) -> Share:
    if of < ENOUGH:
        return Share(of, right)
    observed, square = right / of, Z * Z / of
    middle = (observed + square / 2) / (1 + square)
    error = Z * sqrt(observed * (1 - observed) / of + square / (4 * of)) / (1 + square)
    return Share(of, right, max(0.0, middle - error), min(1.0, middle + error))


def _by_chance(pairs: Sequence[tuple[str, str]]) -> float:
    """How often they would agree if each drew their answers from a bag of their own."""
    if not pairs:
        return 1.0
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    alike = sum(count * others[outcome] for outcome, count in ones.items())
    return 1.0 if alike == len(pairs) ** 2 else alike / len(pairs) ** 2

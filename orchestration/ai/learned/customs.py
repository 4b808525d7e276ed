"""What usually happened: counts and ranges of past cases, from which reasons are put into words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from orchestration.ai.learned.space import Grouped, NumberSpec, Space

FEWEST_FOR_A_RANGE = 12


@dataclass(frozen=True, slots=True)
class Usual:
    """Eight of ten past cases lay between `low` and `high`."""

    low: float
    high: float
    cases: int


Counts = Mapping[str, int]  # outcome to cases


@dataclass(frozen=True, slots=True)
class Customs:
    outcomes: Counts
    values: Mapping[str, Mapping[str, Counts]]  # category path, value
    comparisons: Mapping[str, Mapping[str, Counts]]  # "a>b", "more" or "less"
    steps: Mapping[str, Sequence[Counts]]  # number path: below its first edge, then from edge to edge
    ranges: Mapping[str, Mapping[str, Usual]]  # number path, outcome
    ranges_where: Mapping[str, Mapping[str, Usual]]  # number path, "outcome|category path|value"

    def usual(self, path: str, outcome: str) -> Usual | None:
        return self.ranges.get(path, {}).get(outcome)

    def usual_where(self, path: str, outcome: str, category: str, value: str) -> Usual | None:
        return self.ranges_where.get(path, {}).get(f"{outcome}|{category}|{value}")

    def to_json(self) -> dict[str, Any]:
        return {
            "outcomes": dict(self.outcomes),
            "values": self.values,
            "comparisons": self.comparisons,
            "steps": self.steps,
            "ranges": _ranges_to_json(self.ranges),
            "ranges_where": _ranges_to_json(self.ranges_where),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Customs:
        return cls(
            data["outcomes"],
            data["values"],
            data["comparisons"],
            data["steps"],
            _ranges_from_json(data["ranges"]),
            _ranges_from_json(data["ranges_where"]),
        )


def learn_customs(space: Space, cases: Sequence[tuple[Grouped, str]]) -> Customs:
    """`cases` are the facts and the outcome that a person chose."""
    return Customs(
        outcomes=_count(outcome for _, outcome in cases),
        values={spec.path: _values(spec.path, spec.values, cases) for spec in space.categories},
        comparisons={f"{pair.first}>{pair.second}": _compared(pair.first, pair.second, cases) for pair in space.pairs},
        steps={spec.path: _steps(spec, cases) for spec in space.numbers},
        ranges={
            spec.path: _ranges((outcome, case.number(spec.path)) for case, outcome in cases) for spec in space.numbers
        },
        ranges_where={spec.path: _ranges(_where(spec.path, space, cases)) for spec in space.numbers},
    )


def _steps(spec: NumberSpec, cases: Sequence[tuple[Grouped, str]]) -> list[dict[str, int]]:
    found: list[list[str]] = [[] for _ in range(len(spec.edges) + 1)]
    for case, outcome in cases:
        if (value := case.number(spec.path)) is not None:
            found[spec.step(value)].append(outcome)
    return [_count(outcomes) for outcomes in found]


def _count(outcomes: Iterable[str]) -> dict[str, int]:
    counted: defaultdict[str, int] = defaultdict(int)
    for outcome in outcomes:
        counted[outcome] += 1
    return dict(counted)


def _values(path: str, known: Iterable[str], cases: Sequence[tuple[Grouped, str]]) -> dict[str, dict[str, int]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for case, outcome in cases:
        for value in set(case.values(path)):
            found[value].append(outcome)
    return {value: _count(found[value]) for value in known}


def _compared(first: str, second: str, cases: Sequence[tuple[Grouped, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, list[str]] = {"more": [], "less": []}
    for case, outcome in cases:
        one, other = case.number(first), case.number(second)
        if one is not None and other is not None:
            found["more" if one > other else "less"].append(outcome)
    return {side: _count(outcomes) for side, outcomes in found.items()}


def _where(path: str, space: Space, cases: Sequence[tuple[Grouped, str]]) -> Iterable[tuple[str, float | None]]:
    for case, outcome in cases:
        for spec in space.categories:
            for value in case.values(spec.path):
                if value in spec.values:
                    yield f"{outcome}|{spec.path}|{value}", case.number(path)


def _ranges(values: Iterable[tuple[str, float | None]]) -> dict[str, Usual]:
    found: defaultdict[str, list[float]] = defaultdict(list)
    for key, value in values:
        if value is not None:
            found[key].append(value)
    return {key: _usual(numbers) for key, numbers in found.items() if len(numbers) >= FEWEST_FOR_A_RANGE}


def _usual(numbers: Sequence[float]) -> Usual:
    tenths = quantiles(numbers, n=10, method="inclusive")
    return Usual(tenths[0], tenths[-1], len(numbers))


def _ranges_to_json(ranges: Mapping[str, Mapping[str, Usual]]) -> dict[str, Any]:
    return {
        path: {key: [usual.low, usual.high, usual.cases] for key, usual in found.items()}
        for path, found in ranges.items()
    }


def _ranges_from_json(data: Mapping[str, Any]) -> dict[str, dict[str, Usual]]:
    return {path: {key: Usual(*usual) for key, usual in found.items()} for path, found in data.items()}

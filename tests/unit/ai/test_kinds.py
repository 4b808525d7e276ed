from __future__ import annotations

import pytest

from orchestration.ai.facts import Scalar
from orchestration.ai.learned.kinds import FactKind, kind_of

SENTENCES = [f"The unit number {number} broke down in the lab" for number in range(20)]


@pytest.mark.parametrize(
    ("values", "kind", "remark"),
    [
        ([float(number) for number in range(20)], FactKind.NUMBER, "amounts"),
        ([f"{number}.50" for number in range(20)], FactKind.NUMBER, "money as decimal text"),
        (["1", "2", "3", "4"] * 5, FactKind.NUMBER, "numbers as text that repeat"),
        (
            [str(88_000 + number) for number in range(20)],
            FactKind.NOTHING,
            "numbers as text that never repeat are names",
        ),
        ([True, False] * 10, FactKind.CATEGORY, "yes and no"),
        (["LAB-310", "OFF-100"] * 10, FactKind.CATEGORY, "few values"),
        (["Northwind Instruments", "Halden Print"] * 10, FactKind.CATEGORY, "names that repeat"),
        (SENTENCES, FactKind.TEXT, "sentences"),
        ([f"R-{number}" for number in range(20)], FactKind.NOTHING, "identifiers"),
        (
            [f"person{number % 3}@example.com" for number in range(20)],
            FactKind.NOTHING,
            "addresses, even where they repeat",
        ),
        ([f"2026-01-{number:02}T10:00:00Z" for number in range(1, 21)], FactKind.NOTHING, "instants"),
        (["same"] * 20, FactKind.NOTHING, "no difference, nothing to learn"),
        ([1.0, 2.0], FactKind.NOTHING, "too few"),
        ([1, "two", 3.0, "four", 5, "six"] * 4, FactKind.NOTHING, "a mixture"),
    ],
)
def test_the_kind_is_read_off_the_past_values(values: list[Scalar], kind: FactKind, remark: str) -> None:
    assert kind_of(values) is kind, remark

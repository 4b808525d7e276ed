"""Agreement beyond chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.reviews.looks.agreement import ENOUGH, agreement_of, share_of

YES, NO = "approve", "reject"


def pairs(both: int, first: int, second: int, neither: int) -> list[tuple[str, str]]:
    return [(YES, YES)] * both + [(YES, NO)] * first + [(NO, YES)] * second + [(NO, NO)] * neither


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ((20, 5, 10, 15), 0.4),  # the usual textbook table: 70 % observed, 50 % by chance
        ((45, 15, 25, 15), 0.1304),  # 60 % observed either way; more of it by chance ...
        ((25, 35, 5, 35), 0.2593),  # ... than here
        ((25, 0, 0, 25), 1.0),
        ((0, 25, 25, 0), -1.0),
    ],
)
def test_kappa_is_what_is_left_of_chance(table: tuple[int, int, int, int], kappa: float) -> None:
    assert agreement_of(pairs(*table)).kappa == pytest.approx(kappa, abs=0.0001)


def test_the_interval_is_cohens() -> None:
    found = agreement_of(pairs(20, 5, 10, 15))
    assert [found.low, found.high] == pytest.approx([0.1460, 0.6540], abs=0.001)


def test_three_outcomes_and_less_than_chance() -> None:
    """By hand: 29 % alike, .5 x .4 + .3 x .3 + .2 x .3 = 35 % by chance, so (.29 - .35) / .65; the error of the share,
    sqrt(.29 x .71 / 200) = .0321, divided by .65 is .0494, and 1.96 of it .0968."""
    rows = {"a": (50, 26, 24), "b": (24, 4, 32), "c": (6, 30, 4)}
    cells = [(one, other, number) for one, row in rows.items() for other, number in zip("abc", row, strict=True)]
    found = agreement_of([(one, other) for one, other, number in cells for _ in range(number)])
    assert (found.pairs, found.same) == (200, 58)
    assert [found.kappa, found.low, found.high] == pytest.approx([-0.0923, -0.1891, 0.0044], abs=0.0001)


def test_too_few_are_only_counted() -> None:
    found = agreement_of(pairs(ENOUGH - 2, 0, 1, 0))
    assert (found.pairs, found.same, found.kappa, found.too_few) == (ENOUGH - 1, ENOUGH - 2, None, True)
    assert agreement_of([]).too_few


def test_where_everybody_says_the_same_chance_explains_all_of_it() -> None:
    found = agreement_of(pairs(50, 0, 0, 0))
    assert (found.kappa, found.too_few) == (None, False)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=ENOUGH, max_size=80))
def test_who_is_called_first_makes_no_difference(found: list[tuple[str, str]]) -> None:
    one, other = agreement_of(found), agreement_of([(second, first) for first, second in found])
    assert one.same == other.same
    assert one.kappa == (pytest.approx(other.kappa) if other.kappa is not None else None)
    if one.kappa is not None and one.low is not None and one.high is not None:
        assert -1 <= one.low <= one.kappa <= one.high <= 1


def test_a_share_has_wilsons_interval() -> None:
    found = share_of(90, 100)
    assert [found.low, found.high] == pytest.approx([0.8256, 0.9448], abs=0.001)
    assert share_of(5, 6).low is None

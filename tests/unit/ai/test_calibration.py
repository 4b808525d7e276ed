from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.ai.learned.calibration import Calibration, Curve, Judged

SIGMOID = Curve("sigmoid", ((1.0, 0.0),), 200)
STEPS = Curve("isotonic", ((0.5, 0.4), (0.7, 0.6), (0.9, 0.95)), 2_000)


def judged(*pairs: tuple[float, bool]) -> Calibration:
    return Calibration(SIGMOID, {}, {"approve": tuple(Judged(confidence, agreed) for confidence, agreed in pairs)})


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_never_means_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for curve in (SIGMOID, STEPS):
        assert curve(low) <= curve(high)


@pytest.mark.parametrize(("score", "share"), [(0.1, 0.4), (0.5, 0.4), (0.6, 0.5), (0.8, 0.775), (1.0, 0.95)])
def test_an_isotonic_curve_is_read_between_its_points(score: float, share: float) -> None:
    assert STEPS(score) == pytest.approx(share)


def test_nothing_is_ever_certain() -> None:
    assert Curve("isotonic", ((0.5, 0.0), (0.9, 1.0)), 98)(1.0) == pytest.approx(0.99)
    assert Curve("isotonic", ((0.5, 0.0), (0.9, 1.0)), 98)(0.0) == pytest.approx(0.01)


def test_a_number_is_shown_with_the_cases_like_it() -> None:
    past = judged(*[(0.9, True)] * 47, *[(0.9, False)] * 3, *[(0.5, False)] * 40)
    found = past.measured("approve", 0.9)
    assert found is not None
    assert (found.confidence, found.agreed, found.sample) == (0.9, 47, 50)


def test_only_the_last_hundred_count() -> None:
    past = judged(*[(0.9, False)] * 300, *[(0.9, True)] * 100)
    found = past.measured("approve", 0.9)
    assert found is not None
    assert (found.agreed, found.sample) == (100, 100)


def test_without_enough_cases_there_is_no_number() -> None:
    assert judged(*[(0.9, True)] * 19).measured("approve", 0.9) is None
    assert judged(*[(0.9, True)] * 500).measured("reject", 0.9) is None
    assert judged(*[(0.6, True)] * 500).measured("approve", 0.9) is None


def test_an_outcome_with_a_curve_of_its_own_uses_it() -> None:
    curves = Calibration(SIGMOID, {"reject": STEPS})
    assert curves.confidence("reject", 0.5) == pytest.approx(0.4)
    assert curves.confidence("approve", 0.5) == pytest.approx(0.5)


def test_a_calibration_survives_being_stored() -> None:
    curves = Calibration(STEPS, {"reject": SIGMOID}, {"approve": (Judged(0.9, agreed=True), Judged(0.8, agreed=False))})
    assert Calibration.from_json(curves.to_json()) == curves

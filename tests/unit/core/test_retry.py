"""The waits between attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.retry import ErrorClass, RetryPolicy

MIDDLE = 0.5  # the draw that changes nothing


def seconds(policy: RetryPolicy, attempt: int, draw: float = MIDDLE, retry_after: float | None = None) -> float:
    return policy.delay(attempt, draw, retry_after).total_seconds()


def test_waits_double_from_a_second_and_a_half_and_stop_at_a_minute() -> None:
    assert [seconds(RetryPolicy(), attempt) for attempt in range(1, 9)] == [1.5, 3, 6, 12, 24, 48, 60, 60]


@pytest.mark.parametrize(("draw", "expected"), [(0.0, 1.2), (0.5, 1.5), (0.75, 1.65)])
def test_jitter_varies_a_wait_by_a_fifth_either_way(draw: float, expected: float) -> None:
    assert seconds(RetryPolicy(), 1, draw) == pytest.approx(expected)


def test_without_jitter_the_draw_changes_nothing() -> None:
    steady = RetryPolicy(jitter=0)
    assert seconds(steady, 2, 0.0) == seconds(steady, 2, 0.99) == 3.0


def test_a_server_that_asks_for_patience_gets_it() -> None:
    assert seconds(RetryPolicy(), 1, retry_after=20) == 20


def test_a_server_that_asks_for_less_than_the_policy_waits_by_the_policy() -> None:
    assert seconds(RetryPolicy(), 4, retry_after=1) == 12


def test_a_server_cannot_park_a_step_for_ever() -> None:
    assert seconds(RetryPolicy(), 1, retry_after=10**9) == 3600
    assert seconds(RetryPolicy(), 1, retry_after=float("inf")) == 3600


@pytest.mark.parametrize(("attempt", "over"), [(1, False), (3, False), (4, True), (5, True)])
def test_the_fourth_attempt_is_the_last(attempt: int, over: bool) -> None:
    assert RetryPolicy().exhausted(attempt) is over


def test_one_attempt_means_no_retry() -> None:
    assert RetryPolicy(attempts=1).exhausted(1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"attempts": 0}, "once at least"),
        ({"first": timedelta(seconds=-1)}, "cannot be negative"),
        ({"cap": timedelta(seconds=-1)}, "cannot be negative"),
        ({"factor": 0.5}, "Waits grow"),
        ({"jitter": 1.5}, "a share from 0 to 1"),
    ],
)
def test_a_policy_that_makes_no_sense_says_why(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RetryPolicy(**wrong)  # type: ignore[arg-type]


@given(
    st.integers(1, 10_000),
    st.floats(0, 1, exclude_max=True),
    st.floats(1, 1e300),
    st.floats(0, 1),
    st.one_of(st.none(), st.floats(-1e12, 1e12)),
)
def test_every_wait_is_within_its_bounds(
    attempt: int, draw: float, factor: float, jitter: float, retry_after: float | None
) -> None:
    policy = RetryPolicy(factor=factor, jitter=jitter)
    wait = policy.delay(attempt, draw, retry_after)
    assert timedelta(0) <= wait <= max(policy.cap * 2, timedelta(hours=1))


def test_errors_have_three_classes() -> None:
    assert [item.value for item in ErrorClass] == ["transient", "permanent", "ambiguous"]

"""Rates, breakers and adaptive concurrency: the arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.limits import LEAST, Adapting, Breaker, Limits, free_at

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


# ---- rate ----------------------------------------------------------------------------------------


@given(
    calls=st.integers(1, 5),
    seconds=st.floats(0.1, 60),
    pauses=st.lists(st.floats(0, 30), min_size=1, max_size=60),
)
def test_no_span_ever_holds_more_calls_than_it_may(calls: int, seconds: float, pauses: list[float]) -> None:
    limits, now = Limits(calls=calls, seconds=seconds), NOW
    uses: list[datetime] = []
    for pause in pauses:
        now += timedelta(seconds=pause)
        recent = [at for at in uses if at > now - timedelta(seconds=seconds)][-calls:]
        if free_at(recent, limits, 0, now) <= now:
            uses.append(now)
    for first, last in zip(uses, uses[calls:], strict=False):
        assert last - first >= timedelta(seconds=seconds)


def test_a_rested_system_is_called_in_a_burst_and_then_evenly() -> None:
    limits = Limits(calls=3, seconds=60)
    assert free_at([], limits, 2, NOW) == NOW
    assert free_at([], limits, 3, NOW) == after(60)
    used = [after(-50), after(-40), after(-30)]
    assert [free_at(used, limits, ahead, NOW) for ahead in range(5)] == [
        after(10),
        after(20),
        after(30),
        after(70),
        after(80),
    ]


@given(st.integers(1, 5), st.lists(st.floats(0, 60), max_size=5), st.integers(0, 40))
def test_whoever_came_first_goes_first(calls: int, ages: list[float], ahead: int) -> None:
    limits, used = Limits(calls=calls, seconds=60), sorted(after(-age) for age in ages)
    assert free_at(used, limits, ahead, NOW) <= free_at(used, limits, ahead + 1, NOW)


# ---- breaker -------------------------------------------------------------------------------------

LIMITS = Limits(failures=2, cool_down=30)


def test_a_breaker_opens_after_so_many_failures_in_a_row_and_a_success_starts_the_count_anew() -> None:
    once = Breaker().failed(LIMITS, NOW)
    assert once.state(NOW) == "closed"
    assert once.succeeded(NOW) == Breaker()
    assert once.failed(LIMITS, NOW).state(NOW) == "open"


def test_it_is_half_open_after_its_cool_down_and_closes_by_one_good_call() -> None:
    opened = Breaker().failed(LIMITS, NOW).failed(LIMITS, NOW)
    assert (opened.state(after(29)), opened.state(after(30))) == ("open", "half_open")
    assert opened.succeeded(after(31)) == Breaker()


def test_a_trial_call_that_fails_opens_it_for_twice_as_long_up_to_five_minutes() -> None:
    breaker, now, waits = Breaker().failed(LIMITS, NOW).failed(LIMITS, NOW), NOW, []
    for _ in range(6):
        assert breaker.open_until is not None
        waits.append((breaker.open_until - now).total_seconds())
        now = breaker.open_until
        breaker = breaker.failed(LIMITS, now)
    assert waits == [30, 60, 120, 240, 300, 300]


def test_a_call_from_before_the_opening_says_nothing() -> None:
    opened = Breaker().failed(LIMITS, NOW).failed(LIMITS, NOW)
    assert opened.failed(LIMITS, after(1)) == opened
    assert opened.succeeded(after(1)) == opened


# ---- adaptive concurrency ------------------------------------------------------------------------


def test_an_error_takes_thirty_percent_and_only_once_a_round() -> None:
    first = Adapting(10.0, 0.1).after(failed=True, seconds=0.1, in_flight=10, most=10, now=NOW)
    assert first.limit == pytest.approx(7)
    again = first.after(failed=True, seconds=0.1, in_flight=7, most=10, now=after(0.5))
    assert again.limit == first.limit
    assert first.after(failed=True, seconds=0.1, in_flight=7, most=10, now=after(1)).limit == pytest.approx(4.9)


def test_a_call_of_more_than_twice_the_mean_is_as_bad_as_an_error() -> None:
    assert Adapting(10.0, 0.1).after(failed=False, seconds=0.3, in_flight=10, most=10, now=NOW).limit == pytest.approx(
        7
    )


def test_it_rises_by_one_a_round_of_good_calls_and_only_where_it_is_reached_for() -> None:
    adapting = Adapting(4.0, 0.1)
    for _ in range(4):
        adapting = adapting.after(failed=False, seconds=0.1, in_flight=4, most=10, now=NOW)
    assert adapting.limit == pytest.approx(5, abs=0.1)
    assert adapting.after(failed=False, seconds=0.1, in_flight=1, most=10, now=NOW).limit == adapting.limit


@given(st.lists(st.tuples(st.booleans(), st.floats(0.001, 10), st.integers(1, 20)), max_size=80), st.integers(1, 20))
def test_it_stays_between_one_and_the_most(calls: list[tuple[bool, float, int]], most: int) -> None:
    adapting, now = Adapting(float(most)), NOW
    for failed, seconds, in_flight in calls:
        now += timedelta(seconds=seconds)
        adapting = adapting.after(failed=failed, seconds=seconds, in_flight=in_flight, most=most, now=now)
        assert LEAST <= adapting.limit <= most


@pytest.mark.parametrize(
    "wrong",
    [
        {"calls": 0},
        {"concurrency": 0},
        {"failures": 0},
        {"calls": 1, "seconds": 0},
        {"cool_down": 0},
        {"adaptive": True},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"limit|concurrency"):
        Limits(**wrong)  # type: ignore[arg-type]

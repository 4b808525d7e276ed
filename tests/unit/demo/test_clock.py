"""The line of process time over system time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reviewhub.demo.clock import PROMISE, Anchor

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def running(speed: float = 60) -> Anchor:
    return Anchor(process_at=NOON, system_at=NOON, alive_until=NOON + PROMISE, speed=speed)


def test_a_second_is_a_minute_at_speed_sixty() -> None:
    assert running().at(NOON + 2 * SECOND) == NOON + timedelta(minutes=2)


def test_beyond_its_promise_the_clock_stands_still() -> None:
    assert running().at(NOON + timedelta(days=3)) == running().at(NOON + PROMISE)


def test_renewed_in_time_it_runs_on_the_same_line() -> None:
    renewed = running().renewed(NOON + SECOND, 60)
    assert renewed.at(NOON + 2 * SECOND) == running().at(NOON + 2 * SECOND)
    assert renewed.alive_until == NOON + SECOND + PROMISE


def test_after_a_night_without_anybody_it_goes_on_where_it_stood() -> None:
    morning = NOON + timedelta(hours=20)
    renewed = running().renewed(morning, 60)
    assert renewed.at(morning) == running().at(NOON + PROMISE)
    assert renewed.at(morning + SECOND) == running().at(NOON + PROMISE) + timedelta(minutes=1)


def test_a_standing_clock_that_is_started_goes_on_where_it_stood() -> None:
    standing = Anchor(NOON, NOON, NOON, 0.0)
    started = standing.renewed(NOON + timedelta(hours=1), 60)
    assert started.at(NOON + timedelta(hours=1)) == NOON


def test_another_speed_changes_the_pace_and_not_the_time() -> None:
    slower = running().renewed(NOON + SECOND, 10)
    assert slower.at(NOON + SECOND) == running().at(NOON + SECOND)
    assert slower.at(NOON + 2 * SECOND) - slower.at(NOON + SECOND) == timedelta(seconds=10)


looks = st.lists(
    st.tuples(st.integers(0, 20_000_000), st.sampled_from((1.0, 60.0, 3600.0)), st.booleans()), max_size=40
)


@given(looks)
def test_it_never_jumps_back_whatever_happens_to_it(looks: list[tuple[int, float, bool]]) -> None:
    """Microseconds until the next look, the speed asked for, and whether the look also renews."""
    anchor, system, seen = running(), NOON, NOON
    for microseconds, speed, renews in looks:
        system += timedelta(microseconds=microseconds)
        anchor = anchor.renewed(system, speed) if renews else anchor
        assert anchor.at(system) >= seen
        seen = anchor.at(system)

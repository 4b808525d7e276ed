"""The demo's clock over the database: it stands, starts, goes on, and is shared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings

from reviewhub.demo import clock
from reviewhub.demo.models import ClockAnchor

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_clock(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> clock.DemoClock:
    """A clock without its keeper: the test renews by hand."""
    settings.DEMO_SPEED = 60.0
    own = clock.DemoClock()
    monkeypatch.setattr(own, "_keep", lambda: None)
    monkeypatch.setattr(clock, "clock", own)
    return own


def test_a_clock_that_was_never_set_is_the_machines(own_clock: clock.DemoClock) -> None:
    assert abs(own_clock.process_now() - own_clock.system_now()) < timedelta(seconds=1)
    assert own_clock.speed() == 1.0
    assert not clock.start()


def test_a_clock_that_was_set_stands_still_until_it_is_started(own_clock: clock.DemoClock) -> None:
    clock.set_standing(NOON)
    assert own_clock.process_now() == own_clock.process_now() == NOON
    assert own_clock.speed() == 0
    clock.renew(own_clock.system_now() + timedelta(hours=1))
    own_clock.forget()
    assert own_clock.process_now() == NOON
    assert clock.start()
    assert own_clock.speed() == 60
    assert own_clock.process_now() > NOON


def test_starting_twice_starts_once(own_clock: clock.DemoClock) -> None:
    clock.set_standing(NOON)
    assert [clock.start(), clock.start()] == [True, False]


def test_after_a_night_without_anybody_it_goes_on_where_it_stood(own_clock: clock.DemoClock) -> None:
    clock.set_standing(NOON)
    clock.start()
    evening = ClockAnchor.objects.get()
    stood = evening.process_at + (evening.alive_until - evening.system_at) * 60
    morning = evening.alive_until + timedelta(hours=12)
    renewed = clock.renew(morning)
    assert renewed is not None
    assert renewed.at(morning) == stood


def test_a_fresh_promise_is_not_written_again(own_clock: clock.DemoClock) -> None:
    clock.set_standing(NOON)
    clock.start()
    before = ClockAnchor.objects.values().get()
    clock.renew(before["system_at"] + timedelta(seconds=1))
    assert ClockAnchor.objects.values().get() == before
    clock.renew(before["system_at"] + timedelta(seconds=2))
    assert ClockAnchor.objects.values().get()["alive_until"] > before["alive_until"]


def test_of_two_processes_that_renew_at_once_one_wins_and_both_agree(own_clock: clock.DemoClock) -> None:
    clock.set_standing(NOON)
    clock.start()
    later = ClockAnchor.objects.get().alive_until + timedelta(minutes=5)
    winner = clock.renew(later)
    assert clock.renew(later) == winner


def test_another_speed_takes_over_without_a_jump(own_clock: clock.DemoClock, settings: LazySettings) -> None:
    clock.set_standing(NOON)
    clock.start()
    row = ClockAnchor.objects.get()
    at = row.system_at + timedelta(seconds=1)
    settings.DEMO_SPEED = 10.0
    renewed = clock.renew(at)
    assert renewed is not None
    assert renewed.at(at) == row.process_at + timedelta(seconds=60)
    assert renewed.speed == 10

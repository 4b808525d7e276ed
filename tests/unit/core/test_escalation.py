"""Deadlines and escalation levels, planned when a review is opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orchestration.core.calendars import ALWAYS_OPEN, calendar_from
from orchestration.core.escalation import Deadlines, Level, deadlines, schedule

H = timedelta(hours=1)
FRIDAY_AT_FOUR = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
OFFICE = calendar_from(
    {"name": "office", "zone": "UTC", "week": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
)


def level(index: int, hours: float, *, business: bool = False, applies: bool = True, mode: str = "add") -> Level:
    to = {"kind": "backup_of", "of": "queue"}
    return Level(index, timedelta(hours=hours), business, to, None, mode, applies)


def test_a_deadline_and_its_warnings_count_on_the_calendar() -> None:
    assert deadlines(FRIDAY_AT_FOUR, 4 * H, OFFICE) == Deadlines(
        due_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
        half_at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
        three_quarters_at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC),
    )


def test_the_half_may_be_due_before_the_weekend_and_the_rest_behind_it() -> None:
    found = deadlines(FRIDAY_AT_FOUR, 2 * H, OFFICE)
    assert found.half_at == datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert found.three_quarters_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_review_without_sla_has_no_deadlines() -> None:
    assert deadlines(FRIDAY_AT_FOUR, None, OFFICE) == Deadlines(None, None, None)


def test_levels_count_wall_time_unless_they_say_business() -> None:
    planned = schedule(FRIDAY_AT_FOUR, [level(0, 24), level(1, 8, business=True)], OFFICE)
    assert [(item.level.index, item.at) for item in planned] == [
        (0, datetime(2026, 11, 21, 16, 0, tzinfo=UTC)),
        (1, datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
    ]


def test_levels_fire_in_the_order_of_their_time_and_not_of_the_text() -> None:
    planned = schedule(FRIDAY_AT_FOUR, [level(0, 48), level(1, 24), level(2, 36)], ALWAYS_OPEN)
    assert [item.level.index for item in planned] == [1, 2, 0]


def test_levels_due_together_fire_in_the_order_written() -> None:
    planned = schedule(FRIDAY_AT_FOUR, [level(0, 48), level(1, 24), level(2, 48), level(3, 48)], ALWAYS_OPEN)
    assert [item.level.index for item in planned] == [1, 0, 2, 3]


def test_a_level_whose_condition_does_not_hold_is_planned_to_be_shown() -> None:
    planned = schedule(FRIDAY_AT_FOUR, [level(0, 24), level(1, 48, applies=False)], ALWAYS_OPEN)
    assert [item.level.applies for item in planned] == [True, False]


def test_a_chain_across_the_change_of_the_clocks_counts_elapsed_hours() -> None:
    before_spring = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
    (planned,) = schedule(before_spring, [level(0, 24)], ALWAYS_OPEN)
    assert planned.at - before_spring == 24 * H

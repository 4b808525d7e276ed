"""The order of the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from reviewhub.reviews.urgency import urgency_at

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_at_normal_priority_the_deadline_is_the_order() -> None:
    assert urgency_at(NOON, NOON + 8 * HOUR, "normal") == NOON + 8 * HOUR


def test_an_urgent_task_overtakes_one_that_is_due_a_little_earlier() -> None:
    assert urgency_at(NOON, NOON + 8 * HOUR, "urgent") < urgency_at(NOON, NOON + 6 * HOUR, "normal")


def test_an_urgent_task_does_not_overtake_one_that_is_due_now() -> None:
    assert urgency_at(NOON, NOON + 8 * HOUR, "urgent") > urgency_at(NOON - 8 * HOUR, NOON + HOUR, "normal")


def test_low_priority_waits_behind_the_same_deadline() -> None:
    assert urgency_at(NOON, NOON + 8 * HOUR, "low") > urgency_at(NOON, NOON + 8 * HOUR, "normal")


def test_a_task_without_a_deadline_comes_after_a_week_of_deadlines() -> None:
    assert urgency_at(NOON, None, "normal") > urgency_at(NOON, NOON + timedelta(days=6), "normal")


def test_a_deadline_that_was_over_at_the_start_comes_first() -> None:
    assert urgency_at(NOON, NOON - HOUR, "normal") == NOON

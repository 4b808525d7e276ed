"""Clocks that stand still for an outage, alone and together with pauses, decisions and levels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestration.core.effects import GoOnReview, StandStillReview
from orchestration.core.events import (
    DecisionGiven,
    DecisionTakenBack,
    LevelCalled,
    OutageBegan,
    OutageEnded,
    PauseRequested,
    ResumeRequested,
    ReviewResumed,
)
from orchestration.exceptions import InvalidTransition
from tests.unit.core.test_pausing import ALICE, BOB, MONDAY, OFFICE, Case

BEGAN, ENDED = OutageBegan("approval", "The ERP is down", "Carol"), OutageEnded("approval", "Carol")


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_every_clock_comes_later_by_the_outage() -> None:
    case = Case()
    before = dict(case.armed())
    case.happens(BEGAN, hours=1)
    told: tuple[Any, ...] = case.effects
    assert told == (StandStillReview("approval", case.now),)
    assert case.armed() == {}
    case.happens(ENDED, hours=5)
    assert case.armed() == {name: at + hours(5) for name, at in before.items()}
    assert case.review["due_at"] == (before["breach"] + hours(5)).isoformat()
    told = case.effects
    assert told == (GoOnReview("approval", MONDAY + hours(1), hours(5), dict(case.armed())),)


def test_working_time_is_counted_anew_on_the_calendar() -> None:
    """Due on Monday at 17:00. Stopped at 16:00 until Tuesday, 12:00: one working hour is left."""
    case = Case(OFFICE).happens(BEGAN, hours=7).happens(ENDED, hours=20)
    assert case.armed()["breach"] == datetime(2026, 3, 3, 13, tzinfo=UTC)
    assert case.armed()["level.0"] == MONDAY + hours(30)


def test_a_question_inside_an_outage_changes_nothing_and_one_that_outlasts_it_ends_it() -> None:
    case = Case()
    before = dict(case.armed())
    case.happens(BEGAN, hours=1).pauses(hours=1).happens(ReviewResumed("approval", ALICE), hours=1)
    assert case.armed() == {}
    case.pauses(hours=1)
    with pytest.raises(InvalidTransition, match="another reason"):
        case.happens(ENDED, hours=1)
    case.happens(ReviewResumed("approval", ALICE), hours=1).happens(ENDED)
    assert case.armed() == {name: at + (case.now - MONDAY - hours(1)) for name, at in before.items()}


def test_it_begins_where_the_clocks_run() -> None:
    with pytest.raises(InvalidTransition, match="another reason"):
        Case().pauses(hours=1).happens(BEGAN)
    with pytest.raises(InvalidTransition, match="already"):
        Case().happens(BEGAN).happens(BEGAN)
    with pytest.raises(InvalidTransition, match="nobody has stopped"):
        Case().happens(ENDED)
    snoozed = Case().pauses(stops=False, hours=1).happens(BEGAN)
    assert snoozed.armed() == {}


def test_a_run_that_is_paused_meanwhile_moves_nothing_twice() -> None:
    case = Case()
    before = dict(case.armed())
    case.happens(BEGAN, hours=1).happens(PauseRequested("Wait."), hours=1)
    with pytest.raises(InvalidTransition, match="another reason"):
        case.happens(ENDED, hours=1)
    case.happens(ResumeRequested(), hours=1).happens(ENDED, hours=1)
    assert case.armed() == {name: at + (case.now - MONDAY - hours(1)) for name, at in before.items()}


def test_a_decision_that_is_taken_back_finds_the_clocks_standing_still() -> None:
    case = Case()
    before = dict(case.armed())
    case.happens(BEGAN, hours=1)
    until = case.now + timedelta(seconds=10)
    case.happens(DecisionGiven("approval", "reject", {}, ALICE, case.now, until), hours=1)
    case.happens(DecisionTakenBack("approval", ALICE))
    assert case.armed() == {}
    case.happens(ENDED, hours=1)
    assert case.armed()["breach"] == before["breach"] + hours(2)


def test_a_level_may_be_called_and_comes_once() -> None:
    case = Case().happens(BEGAN, hours=1).happens(LevelCalled("approval", 0, (BOB,), ALICE), hours=1)
    with pytest.raises(InvalidTransition, match="has been reached"):
        case.happens(LevelCalled("approval", 0, (BOB,), ALICE))
    case.happens(ENDED)
    assert "level.0" not in case.armed()
    assert "level.1" in case.armed()

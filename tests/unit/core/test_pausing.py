"""A paused review: what was left of its clocks before the pause is left after it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestration.core.calendars import Calendar, calendar_from
from orchestration.core.decide import decide
from orchestration.core.deciding import World
from orchestration.core.effects import EscalateReview, PersonRef, ResumeReview
from orchestration.core.events import (
    DecisionGiven,
    DecisionTakenBack,
    Event,
    LevelCalled,
    Now,
    ReviewPaused,
    ReviewResumed,
    Started,
    TimerFired,
)
from orchestration.core.language.definition import compile_definition
from orchestration.core.state import RunState
from orchestration.exceptions import InvalidTransition

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ALICE, BOB = PersonRef("1", "Alice"), PersonRef("2", "Bob")
HOUR = 3600
OFFICE = calendar_from(
    {"name": "office", "version": 3, "zone": "UTC", "week": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed")}}
)


class Case:
    """One review that stands open since Monday, nine o'clock."""

    def __init__(self, calendar: Calendar | None = None) -> None:
        review: dict[str, Any] = {
            "title": "Buy",
            "outcomes": [
                {"id": "approve", "label": "Approve", "risk": "low", "reason": "never"},
                {"id": "reject", "label": "Reject", "risk": "low", "reason": "never"},
            ],
            "assign": {"queue": "finance"},
            "sla": {"due": 8 * HOUR, **({"calendar": "office"} if calendar else {})},
            "escalate": [
                {"after": 10 * HOUR, "to": {"kind": "backup_of", "of": "queue"}},
                {"after": 20 * HOUR, "to": {"kind": "manager_of", "of": "queue"}},
            ],
            "unanswered": {"after": 240 * HOUR, "outcome": "reject"},
        }
        step = {"id": "approval", "kind": "review", **review}
        definition = compile_definition({"workflow": "w", "title": "W", "input": {}, "steps": [step]})
        calendars = {"office": OFFICE, "office@3": OFFICE}
        self.world = World(definition, 1, calendars=calendars)
        self.state, self.now = RunState("run"), MONDAY
        self.effects: tuple[Any, ...] = ()
        self.happens(Started({}, "test", None))

    def happens(self, event: Event, **later: float) -> Case:
        self.now += timedelta(**later)
        decided = decide(self.state, event, Now(self.now, self.now), self.world)
        self.state, self.effects = decided.state, decided.effects
        return self

    def pauses(self, *, stops: bool = True, until: datetime | None = None, **later: float) -> Case:
        return self.happens(ReviewPaused("approval", "asked", until, stops, ALICE), **later)

    def fires(self, name: str) -> Case:
        timer = self.state.timers[f"approval:{name}"]
        self.now = max(self.now, timer.due_at)
        return self.happens(TimerFired(timer.name, timer.generation, (BOB,)))

    def armed(self) -> Mapping[str, datetime]:
        return {timer.name.partition(":")[2]: timer.due_at for timer in self.state.armed()}

    @property
    def review(self) -> Mapping[str, Any]:
        found = self.state.steps["approval"].review
        assert found is not None
        return found


def test_wall_time_moves_by_the_length_of_the_pause() -> None:
    case = Case()
    before = case.armed()
    case.pauses(hours=1)
    assert case.armed() == {}
    case.happens(ReviewResumed("approval", ALICE), hours=5)
    assert case.armed() == {name: at + timedelta(hours=5) for name, at in before.items()}
    assert case.review["due_at"] == (before["breach"] + timedelta(hours=5)).isoformat()
    (told,) = case.effects
    assert told == ResumeReview("approval", case.now, dict(case.armed()), ALICE)


def test_working_time_is_counted_anew_on_the_calendar_of_the_beginning() -> None:
    """Due on Monday at 17:00. Paused at 16:00 until Tuesday, 12:00: one working hour is left, so Tuesday at 13:00."""
    case = Case(OFFICE)
    assert case.armed()["breach"] == MONDAY.replace(hour=17)
    case.pauses(hours=7)
    case.happens(ReviewResumed("approval", ALICE), hours=20)
    assert case.armed()["breach"] == datetime(2026, 3, 3, 13, tzinfo=UTC)
    assert case.armed()["level.0"] == MONDAY + timedelta(hours=30)  # wall time


def test_what_was_over_before_the_pause_is_due_when_it_goes_on() -> None:
    case = Case(OFFICE)
    case.pauses(hours=10)  # Monday, 19:00: everything on the calendar is over
    case.happens(ReviewResumed("approval", ALICE), hours=8)
    assert case.armed()["breach"] == case.now


def test_a_pause_that_stops_no_clock_moves_nothing() -> None:
    case = Case()
    before = case.armed()
    case.pauses(stops=False, hours=1).happens(ReviewResumed("approval", ALICE), hours=2)
    assert case.armed() == before


def test_a_pause_ends_by_itself_at_its_time() -> None:
    case = Case()
    case.pauses(until=MONDAY + timedelta(hours=3), hours=1).fires("wake")
    assert case.review["paused"] is None
    assert case.armed()["breach"] == MONDAY + timedelta(hours=10)


def test_a_level_that_is_reached_ends_the_pause() -> None:
    case = Case()
    case.pauses(stops=False, until=MONDAY + timedelta(days=3)).fires("level.0")
    assert case.review["paused"] is None
    assert "wake" not in case.armed()
    assert any(isinstance(effect, EscalateReview) for effect in case.effects)


def test_a_decision_ends_the_pause_and_taking_it_back_does_not_bring_it_again() -> None:
    case = Case()
    due_at = case.armed()["breach"]
    case.pauses(until=MONDAY + timedelta(days=3))
    undo = MONDAY + timedelta(days=1)
    case.happens(DecisionGiven("approval", "approve", {}, ALICE, MONDAY + timedelta(hours=2), undo), hours=2)
    case.happens(DecisionTakenBack("approval", ALICE), seconds=5)
    assert case.review["paused"] is None
    assert case.armed()["breach"] == due_at + timedelta(hours=2)
    assert "wake" not in case.armed()


def test_only_what_is_open_is_paused_and_only_what_is_paused_goes_on() -> None:
    case = Case()
    with pytest.raises(InvalidTransition, match="not paused"):
        case.happens(ReviewResumed("approval", ALICE))
    case.pauses()
    with pytest.raises(InvalidTransition, match="paused already"):
        case.pauses()


def test_a_level_can_be_called_once_and_is_not_armed_again() -> None:
    case = Case()
    case.happens(LevelCalled("approval", 0, (BOB,), ALICE), hours=1)
    (reached,) = [effect for effect in case.effects if isinstance(effect, EscalateReview)]
    assert (reached.level.index, reached.level.people, reached.level.at) == (0, (BOB,), case.now)
    with pytest.raises(InvalidTransition, match="has been reached"):
        case.happens(LevelCalled("approval", 0, (BOB,), ALICE))
    case.happens(DecisionGiven("approval", "approve", {}, ALICE, case.now, case.now + timedelta(seconds=9)))
    case.happens(DecisionTakenBack("approval", ALICE))
    assert "level.0" not in case.armed()
    assert "level.1" in case.armed()

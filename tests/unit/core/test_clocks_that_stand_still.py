"""Pauses of a review's clocks: a table worked out by hand, and what holds for any calendar and any pauses.

A review is paused by whoever sets it aside, and with its run; the clocks stand still in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.core.calendars import ALWAYS_OPEN, Calendar
from orchestration.core.decide import decide
from orchestration.core.deciding import World
from orchestration.core.effects import Effect, GoOnReview, PersonRef
from orchestration.core.events import Event, Now, PauseRequested, ResumeRequested, ReviewPaused, ReviewResumed, Started
from orchestration.core.language.definition import compile_definition
from orchestration.core.state import RunState
from tests.unit.core.test_calendars import CHRISTMAS, QUARTER, H, calendars, instants, night, office, utc

ALICE = PersonRef("1", "Alice")
Pauses = Sequence[tuple[datetime, datetime]]
TWO, KOLKATA = "11-18 08:30/11-18 09:00 11-18 10:00/11-18 11:30", office("Asia/Kolkata")
OUTCOME = {"id": "yes", "label": "Yes", "risk": "low", "reason": "never"}


class Clocks:
    """A review, or a whole run where it is `late`, that was opened at an instant, with pauses."""

    def __init__(self, calendar: Calendar, opened: datetime, due: timedelta) -> None:
        sla: dict[str, Any] = {"due": due.total_seconds()}
        if calendar is not ALWAYS_OPEN:
            sla["calendar"] = "office"
        levels = [{"after": due.total_seconds(), "business": True, "to": {"kind": "owner", "of": "workflow"}}]
        review = {"title": "T", "outcomes": [OUTCOME], "assign": {"queue": "q"}, "sla": sla, "escalate": levels}
        steps = [{"id": "ask", "kind": "review", **review}]
        definition = compile_definition({"workflow": "w", "title": "W", "input": {}, "steps": steps, "sla": sla})
        known = {"office": calendar, f"office@{calendar.version}": calendar}
        self.world, self.state = World(definition, 1, calendars=known), RunState("run")
        self.effects: tuple[Effect, ...] = ()
        self.happens(Started({}, "test", None), opened)

    def happens(self, event: Event, at: datetime) -> None:
        decided = decide(self.state, event, Now(at, at), self.world)
        self.state, self.effects = decided.state, decided.effects

    def paused(self, pauses: Pauses, *, by_run: bool) -> Clocks:
        for since, until in pauses:
            if by_run:
                self.happens(PauseRequested("stock-taking"), since)
                self.happens(ResumeRequested(), until)
            else:
                self.happens(ReviewPaused("ask", "asked", None, stops_clock=True, by=ALICE), since)
                self.happens(ReviewResumed("ask", ALICE), until)
        return self

    def due(self, name: str = "ask:breach") -> datetime:
        return self.state.timers[name].due_at


TABLE = [
    # remark, calendar, opened (UTC), due, pauses (UTC), due at (UTC)
    ("half an hour of work", office(), "2026-11-18 08:00", 4 * H, "11-18 10:00/11-18 10:30", "2026-11-18 13:30"),
    ("lunch costs nothing", office(), "2026-11-18 08:00", 4 * H, "11-18 11:00/11-18 12:00", "2026-11-18 13:00"),
    ("from lunch into work", office(), "2026-11-18 08:00", 4 * H, "11-18 11:30/11-18 12:30", "2026-11-18 13:30"),
    ("overnight", office(), "2026-11-18 15:00", 2 * H, "11-18 15:30/11-19 08:30", "2026-11-19 10:00"),
    ("the night alone", office(), "2026-11-18 15:00", 2 * H, "11-18 16:00/11-19 08:00", "2026-11-19 09:00"),
    ("over the weekend", office(), "2026-11-20 14:00", 4 * H, "11-20 15:00/11-23 09:00", "2026-11-23 13:00"),
    ("the weekend alone", office(), "2026-11-20 14:00", 4 * H, "11-21 10:00/11-22 20:00", "2026-11-23 10:00"),
    ("two of them", office(), "2026-11-18 08:00", 4 * H, TWO, "2026-11-18 14:30"),
    ("while the clocks go forward", office(), "2026-03-27 14:00", 4 * H, "03-27 15:00/03-30 08:00", "2026-03-30 12:00"),
    ("while the clocks go back", office(), "2026-10-23 13:00", 4 * H, "10-23 14:00/10-26 09:00", "2026-10-26 13:00"),
    ("into a holiday", CHRISTMAS, "2026-12-23 15:00", 2 * H, "12-23 15:30/12-24 10:00", "2026-12-28 09:30"),
    ("into a leap day", office(), "2028-02-28 15:00", 2 * H, "02-28 15:30/02-29 09:00", "2028-02-29 10:30"),
    ("in the short night of spring", night(), "2026-03-28 21:00", 4 * H, "03-28 22:00/03-29 02:00", "2026-03-29 21:00"),
    ("in another zone", KOLKATA, "2026-11-18 03:30", 2 * H, "11-18 04:00/11-18 05:00", "2026-11-18 06:30"),
    ("wall time", ALWAYS_OPEN, "2026-11-18 08:00", 4 * H, "11-18 10:00/11-18 20:00", "2026-11-18 22:00"),
    ("wall time in spring", ALWAYS_OPEN, "2026-03-28 21:00", 8 * H, "03-28 23:00/03-29 03:00", "2026-03-29 09:00"),
]  # fmt: skip


@pytest.mark.parametrize("by_run", [False, True], ids=["set aside", "run paused"])
@pytest.mark.parametrize(("remark", "calendar", "opened", "due", "pauses", "end"), TABLE, ids=[row[0] for row in TABLE])
def test_what_was_left_before_a_pause_is_left_after_it(
    remark: str, calendar: Calendar, opened: str, due: timedelta, pauses: str, end: str, by_run: bool
) -> None:
    spans = [tuple(utc(f"{opened[:5]}{at}") for at in span.split("/")) for span in _spans(pauses)]
    case = Clocks(calendar, utc(opened), due).paused([(since, until) for since, until in spans], by_run=by_run)
    assert case.due() == case.due("ask:level.0") == utc(end), remark
    assert (case.state.steps["ask"].review or {})["due_at"] == utc(end).isoformat()
    if by_run:
        assert case.due(":sla.breach") == utc(end)


def _spans(text: str) -> list[str]:
    """`11-18 08:30/11-18 09:00 11-18 10:00/11-18 11:30`: every 23 letters."""
    return [text[at : at + 23] for at in range(0, len(text), 24)]


def test_warnings_move_as_the_due_time_does_and_the_desk_is_told() -> None:
    case = Clocks(office(), utc("2026-11-18 08:00"), 4 * H)
    case.paused([(utc("2026-11-18 09:00"), utc("2026-11-18 09:30"))], by_run=True)
    moved = {
        "half": utc("2026-11-18 10:30"),
        "three_quarters": utc("2026-11-18 12:30"),
        "breach": utc("2026-11-18 13:30"),
        "level.0": utc("2026-11-18 13:30"),
    }
    (told,) = [effect for effect in case.effects if isinstance(effect, GoOnReview)]
    assert told.instants == moved
    assert {name: case.due(f"ask:{name}") for name in moved} == moved


def quarters(most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(1, most).map(lambda number: number * QUARTER)


@st.composite
def pauses_after(draw: st.DrawFn, opened: datetime) -> Pauses:
    found, here = [], opened
    for _ in range(draw(st.integers(1, 3))):
        since = here + draw(quarters(24))
        here = since + draw(quarters(96))
        found.append((since, here))
    return found


@given(calendars(), instants, quarters(160), st.data(), st.booleans())
def test_the_working_time_outside_of_the_pauses_is_what_was_given(
    calendar: Calendar, opened: datetime, given_time: timedelta, data: st.DataObject, by_run: bool
) -> None:
    """Counted piece by piece, up to the end; a pause after the due time moves nothing that is over."""
    pauses = data.draw(pauses_after(opened))
    before = Clocks(calendar, opened, given_time).due()
    counted: list[tuple[datetime, datetime]] = []
    case = Clocks(calendar, opened, given_time)
    for pause in pauses:
        if pause[0] < case.due():
            case.paused([pause], by_run=by_run)
            counted.append(pause)
    edges = [opened, *(at for pause in counted for at in pause), case.due()]
    worked = sum((calendar.between(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)), timedelta(0))
    assert worked == given_time
    assert case.due() >= before


@given(calendars(), instants, quarters(160), quarters(24), quarters(96), quarters(96))
def test_a_longer_pause_never_makes_it_due_earlier(
    calendar: Calendar, opened: datetime, due: timedelta, until: timedelta, length: timedelta, longer: timedelta
) -> None:
    since = opened + until
    short = Clocks(calendar, opened, due).paused([(since, since + length)], by_run=True).due()
    long = Clocks(calendar, opened, due).paused([(since, since + length + longer)], by_run=True).due()
    assert short <= long

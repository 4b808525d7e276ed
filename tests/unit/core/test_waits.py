"""Waiting for a time, an instant or an event: the rules, on the pure core."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestration.core.deciding import Arrived
from orchestration.core.effects import AwaitEvent, EmitEvent, TakeEvent
from orchestration.core.events import EventArrived, TimerFired
from orchestration.core.language.definition import compile_definition
from orchestration.core.state import is_stuck
from tests.unit.core.runs import MONDAY, Player

LATE = {"after": 3_600, "outcome": "late"}


def waiting(*waits: dict[str, Any], side_by_side: bool = False, arrived: list[Arrived] | None = None) -> Player:
    """A run that waits so, one after another or side by side."""
    steps: list[dict[str, Any]] = [
        {"id": f"w{number}", "kind": "wait", "wait": wait} for number, wait in enumerate(waits)
    ]
    if side_by_side:
        branches = [{"name": f"b{number}", "steps": [step]} for number, step in enumerate(steps)]
        steps = [{"id": "fork", "kind": "parallel", "join": "all", "branches": branches}]
    canonical = {"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": steps}
    player = Player(compile_definition(canonical), arrived=arrived or [])
    player.starts()
    return player


def early(id_: str, **time: float) -> Arrived:
    return Arrived("paid", "7", id_, {"id": id_}, MONDAY + timedelta(**time))


def paid(**more: Any) -> dict[str, Any]:
    return {"event": "paid", "key": "7", **more}


def test_a_wait_for_a_time_goes_on_when_it_is_over_and_not_before() -> None:
    player = waiting({"for": 7_200})
    player.passes(hours=1, minutes=59)
    player.fires_what_is_due()
    assert player.state.status == "running"
    assert not is_stuck(player.state)
    player.passes(minutes=1)
    player.fires_what_is_due()
    assert player.state.steps["w0"].result == {"at": "2026-11-02T11:00:00+00:00"}
    assert player.state.status == "succeeded"


def test_an_instant_that_has_passed_is_not_waited_for() -> None:
    player = waiting({"until": "2026-11-02T09:59:00+01:00"})
    assert player.state.status == "succeeded"
    assert player.state.armed() == []


@pytest.mark.parametrize("written", ["soon", "2026-11-02", "2026-11-02T10:00:00", "${ input.n }"])
def test_an_instant_that_is_none_or_has_no_offset_is_an_incident(written: str) -> None:
    player = waiting({"until": written})
    assert player.state.steps["w0"].status == "incident"


def test_an_event_moves_the_wait_on_with_what_it_carries() -> None:
    player = waiting(paid(unanswered=LATE))
    assert AwaitEvent("w0", "paid", "7") in player.made[-1].effects
    decided = player.happens(EventArrived("w0", "paid", "7", "e1", {"sum": 3}, player.now))
    assert decided is not None
    assert TakeEvent("paid", "e1") in decided.effects
    result = player.state.steps["w0"].result
    assert (result["outcome"], result["payload"], result["id"]) == ("received", {"sum": 3}, "e1")
    assert player.state.armed() == []


def test_an_event_of_another_key_is_refused() -> None:
    player = waiting(paid())
    assert player.happens(EventArrived("w0", "paid", "8", "e1", {}, player.now)) is None


def test_an_event_that_came_before_the_wait_was_armed_is_found() -> None:
    player = waiting(paid(), arrived=[early("e1")])
    assert player.state.steps["w0"].result["id"] == "e1"
    assert not any(isinstance(effect, AwaitEvent) for effect in player.made[-1].effects)


def test_two_waits_take_two_events_in_the_order_in_which_they_were_received() -> None:
    player = waiting(paid(), paid(), arrived=[early("e1"), early("e2")])
    assert [player.state.steps[path].result["id"] for path in ("w0", "w1")] == ["e1", "e2"]


def test_one_event_moves_on_one_of_two_waits_side_by_side() -> None:
    player = waiting(paid(), paid(), side_by_side=True, arrived=[early("e1")])
    assert [step.status for step in player.state.steps.values() if step.kind == "wait"] == ["succeeded", "waiting"]


def test_where_nothing_comes_in_time_the_named_outcome_counts() -> None:
    player = waiting(paid(unanswered=LATE))
    player.passes(hours=1)
    player.fires_what_is_due()
    assert player.state.steps["w0"].result["outcome"] == "late"


@pytest.mark.parametrize(("minutes", "outcome"), [(59, "received"), (60, "received"), (61, "late")])
def test_an_event_received_in_time_wins_over_the_timer_even_where_it_is_delivered_late(
    minutes: int, outcome: str
) -> None:
    player = waiting(paid(unanswered=LATE))
    player.arrived.append(early("e1", minutes=minutes))
    player.passes(hours=2)
    timer = player.state.timers["w0:over"]
    player.happens(TimerFired(timer.name, timer.generation))
    assert player.state.steps["w0"].result["outcome"] == outcome


@pytest.mark.parametrize(("key", "said"), [(7, "7"), (7.0, "7"), ("${ input.n }", "7"), ("a", "a")])
def test_a_key_is_the_same_as_a_text_or_a_number(key: Any, said: str) -> None:
    player = waiting({"event": "paid", "key": key})
    assert player.state.steps["w0"].input == {"event": "paid", "key": said}


@pytest.mark.parametrize("key", ["${ input.yes }", "${ '' }", "${ [1] }", "${ input.none }"])
def test_what_can_be_no_key_is_an_incident(key: str) -> None:
    assert waiting({"event": "paid", "key": key}).state.steps["w0"].status == "incident"


def test_an_emitted_event_has_the_same_id_however_often_it_is_told() -> None:
    emit = {"id": "tell", "kind": "emit", "emit": {"event": "paid", "key": "${ input.n }", "with": {"n": 1}}}
    canonical = {"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": [emit]}
    player = Player(compile_definition(canonical))
    decided = player.starts()
    assert EmitEvent("paid", "7", "r1:tell", {"n": 1}) in decided.effects
    assert player.state.steps["tell"].result == {"id": "r1:tell"}

"""The time that a step or a run has: warned of, recorded when missed, and stopping nothing."""

from __future__ import annotations

from typing import Any

from orchestration.core.effects import LateRun
from orchestration.core.events import AttemptFailed, AttemptLeased, AttemptSucceeded, TimerFired
from orchestration.core.language.definition import compile_definition
from tests.unit.core.runs import Player

TOOL = {"id": "call", "kind": "tool", "tool": "t", "version": 1, "with": {}, "sla": {"due": 3_600}}


def started(*steps: dict[str, Any], **more: Any) -> Player:
    canonical = {"workflow": "w", "title": "W", "input": {"type": "object"}, "steps": list(steps), **more}
    player = Player(compile_definition(canonical))
    player.starts()
    return player


def told(player: Player) -> list[tuple[str, str]]:
    changes = [change for change in player.changes if change.kind.startswith("deadline.")]
    return [(change.kind, change.data.get("stage", "")) for change in changes]


def test_half_three_quarters_and_the_end_are_told_and_stop_nothing() -> None:
    player = started(TOOL)
    player.passes(hours=2)
    player.fires_what_is_due()
    assert told(player) == [
        ("deadline.warned", "half"),
        ("deadline.warned", "three_quarters"),
        ("deadline.breached", ""),
    ]
    assert player.state.steps["call"].status == "ready"
    breach = player.changes[-1].data
    assert breach["cause"] == [{"path": "call", "kind": "tool", "status": "ready"}]
    assert breach["due_at"] == "2026-11-02T10:00:00+00:00"


def test_a_step_that_is_done_in_time_is_told_nothing_about() -> None:
    player = started(TOOL, {"id": "w", "kind": "wait", "wait": {"for": 7_200}})
    player.happens(AttemptLeased("call", "worker"))
    player.happens(AttemptSucceeded("call", 1, {}))
    player.passes(hours=1, minutes=30)
    player.fires_what_is_due()
    assert told(player) == []


def test_after_an_incident_the_time_runs_on() -> None:
    player = started(TOOL)
    player.happens(AttemptLeased("call", "worker"))
    player.happens(AttemptFailed("call", 1, {"class": "permanent", "code": "c", "message": "m"}, "ask", 0.0))
    player.passes(minutes=59)
    player.decides("call!1", "retry")
    due = {timer.name: timer.due_at for timer in player.state.armed()}
    assert due["call:sla.breach"].hour == 10


def test_a_block_that_is_late_names_the_steps_inside_that_it_waits_for() -> None:
    branches = [
        {"name": "a", "steps": [{"id": "a", "kind": "wait", "wait": {"event": "e", "key": "1"}}]},
        {"name": "b", "steps": [{"id": "b", "kind": "set", "set": {}}]},
    ]
    fork = {"id": "fork", "kind": "parallel", "join": "all", "branches": branches, "sla": {"due": 60}}
    player = started(fork)
    player.passes(hours=1)
    player.fires_what_is_due()
    assert [each["path"] for each in player.changes[-1].data["cause"]] == ["fork/a/a"]


def test_a_run_has_a_time_too_and_its_clocks_stop_with_it() -> None:
    player = started({"id": "w", "kind": "wait", "wait": {"for": 7_200}}, sla={"due": 3_600})
    player.passes(hours=1)
    player.fires_what_is_due()
    assert player.changes[-1].data == {
        "due_at": "2026-11-02T10:00:00+00:00",
        "cause": [{"path": "w", "kind": "wait", "status": "waiting"}],
    }
    player.passes(hours=1)
    player.fires_what_is_due()
    assert player.state.status == "succeeded"
    assert player.state.armed() == []


def test_a_review_has_the_clocks_of_its_own_sla_alone() -> None:
    review = {
        "id": "ask",
        "kind": "review",
        "title": "Ask",
        "outcomes": [{"id": "yes", "label": "Yes", "risk": "low", "reason": "never"}],
        "assign": {"queue": "finance", "approvals": 1},
        "sla": {"due": 3_600},
    }
    player = started(review)
    assert set(player.state.timers) == {"ask:half", "ask:three_quarters", "ask:breach"}


def test_the_desk_is_told_of_what_is_recorded_with_the_due_time_and_what_is_waited_for() -> None:
    player = started(TOOL)
    player.passes(minutes=45)
    timer = player.state.timers["call:sla.three_quarters"]
    decided = player.happens(TimerFired(timer.name, timer.generation))
    late = decided.effects[0] if decided else None
    assert isinstance(late, LateRun)
    assert (late.path, late.stage, late.due_at.hour) == ("call", "three_quarters", 10)
    assert late.waits_for == ({"path": "call", "kind": "tool", "status": "ready"},)

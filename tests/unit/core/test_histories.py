"""Histories that released versions wrote are folded for ever to the state that they had then.

`python -m tests.unit.core.test_histories VERSION` writes new files, before a release that changes what is recorded.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from orchestration.core.changes import KINDS, Change, fold
from orchestration.core.events import AttemptFailed, AttemptLeased, AttemptSucceeded, DecisionTakenBack, TimerFired
from orchestration.core.language.check import Catalogue, check_text
from orchestration.core.language.definition import compile_definition
from orchestration.core.state import RunState
from tests.unit.core.capabilities import CAPABILITIES
from tests.unit.core.recorded import RECORDED
from tests.unit.core.runs import ALICE, Player, stored
from tests.unit.core.scenarios import SCENARIOS

PLAYED = {**{name: (play, "succeeded") for name, play in SCENARIOS.items()}, **CAPABILITIES}
HISTORIES = Path(__file__).with_name("histories")
WORKFLOW = """\
workflow: purchase
input: {type: object, properties: {n: {type: number}, yes: {type: boolean}, no: {type: boolean}}}
limits: {duration: 30d}
steps:
  - id: gather
    parallel:
      branches:
        budget: [{id: budget, tool: finance.budget@1, retry: {attempts: 2}}]
        note: [{id: note, set: {n: "${ input.n }"}}]
  - {id: assess, ai: assessment, when: "${ input.yes }"}
  - {id: never, tool: mail.send@1, when: "${ input.no }"}
  - id: approval
    review:
      recommendation: ${ steps.assess }
      outcomes: [approve, reject]
      fields: {n: {edit: true}}
      assign: {queue: finance}
      sla: {due: 2h}
      escalate: [{after: 1h, to: {backup_of: queue}}]
      unanswered: {after: 10d, outcome: reject}
  - id: way
    switch:
      - when: ${ steps.approval.outcome == 'approve' }
        steps: [{id: order, tool: erp.order@1, with: {n: "${ steps.approval.fields.n }"}}]
      - otherwise: true
        steps: [{end: rejected}]
"""


def as_json(state: RunState) -> Any:
    return json.loads(json.dumps(asdict(state), default=datetime.isoformat))


@pytest.mark.parametrize("path", sorted(HISTORIES.glob("*.json")), ids=lambda path: path.stem)
def test_a_history_of_a_released_version_still_folds_to_its_state(path: Path) -> None:
    kept = json.loads(path.read_text())
    changes = [
        Change(each["kind"], datetime.fromisoformat(each["at"]), each["data"], each["values"])
        for each in kept["changes"]
    ]
    state = as_json(fold(RunState(id="r1"), changes))
    assert _as_kept(state, kept["state"]) == kept["state"]


def _as_kept(state: Any, kept: Any) -> Any:
    """The state without what versions after that one have added to it."""
    if isinstance(state, dict) and isinstance(kept, dict):
        return {name: _as_kept(value, kept[name]) for name, value in state.items() if name in kept}
    return state


def test_the_history_that_is_kept_has_every_kind_of_change_that_a_run_can_take() -> None:
    """Kinds that only an ending by force has (cancelled, failed, withdrawn, lost) are left to the invariants."""
    kinds = {change.kind for change in played().changes}
    assert kinds >= {
        *("run.started", "run.ended", "step.opened", "step.skipped", "step.ready", "step.joined", "step.succeeded"),
        *("attempt.started", "attempt.failed", "incident.opened", "incident.resolved", "timer.armed", "timer.stopped"),
        *("timer.fired", "review.opened", "review.decided", "review.taken_back", "review.closed", "review.warned"),
        "review.escalated",
    }


@pytest.mark.parametrize("name", PLAYED)
def test_every_capability_has_a_history_that_is_kept(name: str) -> None:
    assert list(HISTORIES.glob(f"*-{name}.json"))
    play, ends = PLAYED[name]
    player = play()
    assert player.state.status == ends
    assert player.folded == player.state


def test_every_kind_of_event_is_in_a_history_that_is_kept() -> None:
    """Also those that change nothing of a run's state, and are facts all the same."""
    kept = {change["kind"] for path in HISTORIES.glob("*.json") for change in json.loads(path.read_text())["changes"]}
    assert kept >= RECORDED
    assert RECORDED >= KINDS


def played() -> Player:
    """Errors, an incident that is retried, warnings, a level, a decision taken back, and an order."""
    canonical = check_text(WORKFLOW, Catalogue()).canonical
    assert canonical is not None
    player = Player(compile_definition(canonical))
    player.starts()
    budget = "gather/budget/budget"
    _fails(player, budget, 1, "transient")
    player.passes(minutes=5)
    player.fires_what_is_due()
    _fails(player, budget, 2, "permanent")
    player.decides(f"{budget}!1", "retry")
    _succeeds(player, budget, 3, {"remaining": 100.0})
    _succeeds(player, "assess", 1, {"id": "1", "outcome": "approve", "confidence": None})
    player.passes(hours=1, minutes=40)
    player.fires_what_is_due()
    player.decides("approval", "reject", undo=True)
    player.happens(DecisionTakenBack("approval", ALICE))
    player.decides("approval", "approve", undo=True)
    player.passes(seconds=10)
    timer = player.state.timers["approval:undo"]
    player.happens(TimerFired(timer.name, timer.generation))
    _succeeds(player, "way/0/order", 1, {"number": "O-1"})
    return player


def _succeeds(player: Player, path: str, number: int, result: Any) -> None:
    player.happens(AttemptLeased(path, "worker"))
    player.happens(AttemptSucceeded(path, number, result))


def _fails(player: Player, path: str, number: int, kind: str) -> None:
    player.happens(AttemptLeased(path, "worker"))
    error = {"class": kind, "code": "busy", "message": "Busy."}
    player.happens(AttemptFailed(path, number, error, "ask", 0.5))


def write(version: str) -> None:
    """One file a capability. A history that is kept is never written over: a release's facts stay as they were."""
    for name, (play, _) in {"purchase": (played, ""), **PLAYED}.items():
        path = HISTORIES / f"{version}-{name}.json"
        if path.exists():
            print(f"{path.name} is kept as it is")  # noqa: T201 - for whoever records
            continue
        player = play()
        changes = [asdict(stored(change)) for change in player.changes]
        kept = {"changes": changes, "state": as_json(player.state)}
        path.write_text(json.dumps(kept, indent=1, ensure_ascii=False, default=datetime.isoformat) + "\n")


if __name__ == "__main__":
    write(sys.argv[1])

"""The state of a run, as frozen values. It is what folding the run's audit events gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orchestration.core.parts import Part

OPEN_RUN = ("running", "ending")
OPEN_STEP = frozenset({"ready", "running", "retrying", "limited", "waiting", "incident"})


@dataclass(frozen=True, slots=True)
class StepState:
    """One step run. `scope` counts a block's open branches, `review` is the engine's side of a review task."""

    path: str
    id: str
    kind: str
    status: str  # see StepRun.Status
    position: int
    started_at: datetime
    ended_at: datetime | None = None
    input: Any = None
    result: Any = None
    error: Mapping[str, Any] | None = None
    scope: Mapping[str, Any] | None = None
    review: Mapping[str, Any] | None = None
    attempts: int = 0

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STEP


@dataclass(frozen=True, slots=True)
class TimerState:
    """An instant at which the run wants to be told. `clock` is process or system."""

    name: str
    clock: str
    due_at: datetime
    generation: int
    status: str  # armed | fired | stopped | held


@dataclass(frozen=True, slots=True)
class RunState:
    """One run: its steps by path and its timers by name."""

    id: str
    status: str = "new"  # new | running | ending | succeeded | failed | cancelled
    outcome: str = ""
    input: Any = None
    error: Mapping[str, Any] | None = None
    source: str = ""
    business_key: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    paused_at: datetime | None = None  # process time
    paused_by: tuple[str, ...] = ()  # who holds it: person, workflow, parent; it goes on when nobody does
    held: tuple[str, ...] = ()  # what a paused run enters when it goes on, by path
    # newest: the undo registered last; while it is ending: status, outcome, reason, unsettled [paths], handling
    undo: Mapping[str, Any] | None = None
    sequence: int = 0
    result: Any = None  # what its end or its last step gave
    opened: int = 0  # steps that were entered: what the limit counts
    steps: Mapping[str, StepState] = field(default_factory=dict)
    timers: Mapping[str, TimerState] = field(default_factory=dict)
    part: Part | None = None  # of the steps and timers that are known; None: all of them are

    def armed(self) -> list[TimerState]:
        return [timer for timer in self.timers.values() if timer.status == "armed"]


def _awaits(step: StepState) -> bool:
    """Whether it waits for an event, or for another run: for its end, or for it to undo what it did."""
    return step.kind in ("wait", "workflow") or (step.kind == "undo" and step.status == "waiting")


def is_stuck(state: RunState) -> bool:
    """An open run that nothing can move on: no ready or running step, no armed timer, no open review or incident, no
    awaited event, no open child, and nobody paused it."""
    if state.status not in OPEN_RUN or state.paused_at is not None:
        return False
    moving = any(step.status in ("ready", "running") for step in state.steps.values())
    asked = any(
        step.is_open and step.review is not None and step.review["status"] in ("open", "decided")
        for step in state.steps.values()
    )
    awaiting = any(step.is_open and _awaits(step) for step in state.steps.values())
    return not (moving or asked or awaiting or state.armed())

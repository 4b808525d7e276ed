"""The state of a run and of its steps, in a word with its tone. The word carries the meaning, the colour helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reviewhub.studio.starting import readable


@dataclass(frozen=True, slots=True)
class State:
    text: str
    tone: str = ""  # calm, warning, breached; empty for what is normal
    icon: str = ""


RUNS = {
    "running": State("Running", "calm"),
    "ending": State("Coming to its end", "warning", "undo"),
    "succeeded": State("Ended", "", "check"),
    "failed": State("Failed", "breached", "alert"),
    "cancelled": State("Cancelled"),
}

STEPS = {
    "ready": State("About to run", "calm"),
    "running": State("Running", "calm"),
    "retrying": State("Tried again soon", "warning", "retry"),
    "limited": State("Waits for its turn", "calm"),
    "waiting": State("In progress", "calm"),
    "incident": State("Needs a person", "breached", "alert"),
    "registered": State("Stands by"),
    "succeeded": State("Done", "", "check"),
    "failed": State("Failed", "breached", "alert"),
    "skipped": State("Left out"),
    "cancelled": State("Not needed"),
}

UNDONE = {  # of a step, by how far the undoing of it is; where it only stands by, the step is what it was
    **dict.fromkeys(("ready", "running", "retrying", "limited", "waiting"), State("Being undone", "warning", "undo")),
    "incident": State("Undoing it needs a person", "breached", "alert"),
    "succeeded": State("Undone", "warning", "undo"),
    "failed": State("Could not be undone", "breached", "alert"),
}

PAUSED = State("Paused", "warning", "pause")
WAITS = State("Waits", "calm", "wait")
ASKED = State("Waits for a person", "calm", "mine")
TAKE_BACK = State("Decided, can be taken back", "calm", "undo")

LATE = {"late": State("Late", "breached", "alert"), "near": State("May be late", "warning", "risk")}

NOW = {
    "ready": "about to do {}",
    "running": "doing {}",
    "retrying": "{} is tried again soon",
    "limited": "waits for its turn at {}",
    "waiting": "waits for a decision on {}",
    "incident": "{} needs a person",
}


AWAITS = {"wait": "waits at {}", "workflow": "waits for the run of {}"}


def run_state(run: Any, open_steps: Sequence[Any] = ()) -> State:
    """A running run is as grave as the gravest of its steps."""
    if run.status != "running":
        known = RUNS[run.status]
        return State(readable(run.outcome), known.tone, known.icon) if run.status == "succeeded" else known
    if run.paused_at is not None:
        return PAUSED
    if any(step.status == "incident" for step in open_steps):
        return STEPS["incident"]
    if any(step.kind == "review" for step in open_steps):
        return ASKED
    return STEPS["retrying"] if any(step.status == "retrying" for step in open_steps) else RUNS["running"]


def state_then(then: Any) -> State:
    """`then` is the state of a run at one of its events."""
    if then.status != "running":
        known = RUNS[then.status]
        return State(readable(then.outcome), known.tone, known.icon) if then.status == "succeeded" else known
    return PAUSED if then.paused_at is not None else RUNS["running"]


def step_state(step: Any, undo: Any = None) -> State:
    """`step` is a step run, with the engine's side of its review; `undo` is that of what undoes it."""
    if undo is not None and undo.status in UNDONE:
        return UNDONE[undo.status]
    if step.kind == "review" and step.status == "waiting":
        decided = (step.review or {}).get("status") == "decided"
        return TAKE_BACK if decided else ASKED
    if step.kind in AWAITS and step.status == "waiting":
        return WAITS
    return STEPS[step.status]


def paused_words(run: Any) -> str:
    held_by = run.paused_by or []
    if "person" in held_by or not held_by:
        return "It is paused"
    if "workflow" in held_by:
        return "It is paused with its workflow"
    return "It is paused with the run that started it"


def now_words(open_steps: Sequence[Any]) -> str:
    """What a run is doing: doing budget, waits for a decision on approval."""
    return ", ".join(dict.fromkeys(_now(step) for step in open_steps))


def _now(step: Any) -> str:
    words = AWAITS.get(step.kind) if step.status == "waiting" else None
    return (words or NOW[step.status]).format(step.step_id)

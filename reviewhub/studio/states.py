"""The state of a run and of its steps, in a word with its tone. The word carries the meaning, the colour helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.studio.starting import readable


@dataclass(frozen=True, slots=True)
class State:
    text: str | Promise
    tone: str = ""  # calm, warning, breached; empty for what is normal
    icon: str = ""


RUNS = {
    "running": State(_lazy("Running"), "calm"),
    "ending": State(_lazy("Coming to its end"), "warning", "undo"),
    "succeeded": State(_lazy("Ended"), "", "check"),
    "failed": State(_lazy("Failed"), "breached", "alert"),
    "cancelled": State(_lazy("Cancelled")),
}

STEPS = {
    "ready": State(_lazy("About to run"), "calm"),
    "running": State(_lazy("Running"), "calm"),
    "retrying": State(_lazy("Tried again soon"), "warning", "retry"),
    "limited": State(_lazy("Waits for its turn"), "calm"),
    "waiting": State(_lazy("In progress"), "calm"),
    "incident": State(_lazy("Needs a person"), "breached", "alert"),
    "registered": State(_lazy("Stands by")),
    "succeeded": State(_lazy("Done"), "", "check"),
    "failed": State(_lazy("Failed"), "breached", "alert"),
    "skipped": State(_lazy("Left out")),
    "cancelled": State(_lazy("Not needed")),
}

UNDONE = {  # of a step, by how far the undoing of it is; where it only stands by, the step is what it was
    **dict.fromkeys(
        ("ready", "running", "retrying", "limited", "waiting"), State(_lazy("Being undone"), "warning", "undo")
    ),
    "incident": State(_lazy("Undoing it needs a person"), "breached", "alert"),
    "succeeded": State(_lazy("Undone"), "warning", "undo"),
    "failed": State(_lazy("Could not be undone"), "breached", "alert"),
}

PAUSED = State(_lazy("Paused"), "warning", "pause")
WAITS = State(_lazy("Waits"), "calm", "wait")
ASKED = State(_lazy("Waits for a person"), "calm", "mine")
TAKE_BACK = State(_lazy("Decided, can be taken back"), "calm", "undo")

LATE = {"late": State(_lazy("Late"), "breached", "alert"), "near": State(_lazy("May be late"), "warning", "risk")}

NOW = {
    "ready": _lazy("about to do {}"),
    "running": _lazy("doing {}"),
    "retrying": _lazy("{} is tried again soon"),
    "limited": _lazy("waits for its turn at {}"),
    "waiting": _lazy("waits for a decision on {}"),
    "incident": _lazy("{} needs a person"),
}


AWAITS = {"wait": _lazy("waits at {}"), "workflow": _lazy("waits for the run of {}")}


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
        return _("It is paused")
    if "workflow" in held_by:
        return _("It is paused with its workflow")
    return _("It is paused with the run that started it")


def now_words(open_steps: Sequence[Any]) -> str:
    """What a run is doing: doing budget, waits for a decision on approval."""
    return ", ".join(dict.fromkeys(_now(step) for step in open_steps))


def _now(step: Any) -> str:
    words = AWAITS.get(step.kind) if step.status == "waiting" else None
    return str(words or NOW[step.status]).format(step.step_id)

"""The time that a step or a whole run has: its half, its three quarters and its end, warned of and recorded.

Nothing is stopped by it. That a due time was missed is a fact, with what was waited for at that moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from orchestration.core.calendars import ALWAYS_OPEN
from orchestration.core.deciding import Deciding
from orchestration.core.effects import LateRun
from orchestration.core.escalation import deadlines
from orchestration.core.language.definition import Step

SLA = "sla"
STAGES = ("half", "three_quarters", "breach")
NAMED_CAUSES = 5  # steps that a missed due time names


def begin(d: Deciding, subject: str, spec: Mapping[str, Any]) -> None:
    """Arms the clocks of a step, or of the run (subject empty). After an incident they run on as they were."""
    if f"{subject}:{SLA}.breach" in d.work.timers:
        return
    calendar = d.world.calendar(spec["calendar"]) if "calendar" in spec else ALWAYS_OPEN
    times = deadlines(d.now.process, timedelta(seconds=spec["due"]), calendar)
    instants = (times.half_at, times.three_quarters_at, times.due_at)
    due = [(stage, at) for stage, at in zip(STAGES, instants, strict=True) if at is not None]
    d.arm((f"{subject}:{SLA}.{stage}", "process", at) for stage, at in due)


def begin_step(d: Deciding, step: Step) -> None:
    """A review's `sla` is its own: reviews.py arms it, with its pauses and what it escalates to."""
    if step.kind == "review":
        return
    known = d.work.steps.get(step.path)
    if SLA in step.spec and known is not None and known.is_open:
        begin(d, step.path, step.spec[SLA])


def stop(d: Deciding, path: str) -> None:
    """The step is over: what has not come up to now will not come."""
    for stage in STAGES:
        d.stop_if_armed(f"{path}:{SLA}.{stage}")


def reached(d: Deciding, subject: str, stage: str, due_at: datetime) -> None:
    """`due_at` is the instant of this stage."""
    about, cause = {"path": subject} if subject else {}, _cause(d, subject)
    if stage == "breach":
        d.record("deadline.breached", {**about, "due_at": due_at.isoformat(), "cause": cause})
    else:
        d.record("deadline.warned", {**about, "stage": stage})
    d.effects.append(LateRun(subject, stage, _end_of(d, subject, due_at), d.now.process, tuple(cause)))


def _end_of(d: Deciding, subject: str, otherwise: datetime) -> datetime:
    end = d.work.timers.get(f"{subject}:{SLA}.breach")
    return end.due_at if end is not None else otherwise


def _cause(d: Deciding, subject: str) -> list[dict[str, str]]:
    """What was being waited for: the open steps themselves, not the blocks around them."""
    known = d.work.steps.get(subject)
    inside = [step for step in d.all_steps(subject) if step.is_open and not d.world.definition.at(step.path).blocks]
    steps = inside or ([known] if known is not None else [])
    return [{"path": step.path, "kind": step.kind, "status": step.status} for step in steps[:NAMED_CAUSES]]

"""What a chain would do to a task that came at some instant: nobody is asked, and nothing is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from orchestration.core.calendars import ALWAYS_OPEN, Calendar
from orchestration.core.effects import FutureStep
from orchestration.core.escalation import Level, PlannedLevel, deadlines, schedule
from orchestration.core.language.expressions import ExpressionError, compile_value


def preview(
    created_at: datetime,
    *,
    due_seconds: float | None,
    levels: Sequence[Mapping[str, Any]],
    calendar: Calendar | None = None,
    critical: bool = False,
) -> tuple[FutureStep, ...]:
    """The warnings, the end of the time and the levels, in the order in which they would come.

    A condition that asks for more than `sla.critical` cannot be known before there is a case: it counts as true, and
    its text says what it hangs on.
    """
    counted_on = calendar or ALWAYS_OPEN
    due = timedelta(seconds=due_seconds) if due_seconds is not None else None
    times = deadlines(created_at, due, counted_on)
    named = (("half", times.half_at), ("three_quarters", times.three_quarters_at), ("breach", times.due_at))
    steps = [FutureStep(kind, at, business=calendar is not None) for kind, at in named if at is not None]
    planned = schedule(created_at, [_level(at, raw, critical) for at, raw in enumerate(levels)], counted_on)
    steps += [_step(each, levels[each.level.index].get("when")) for each in planned]
    return tuple(sorted(steps, key=_by_time))


def _level(index: int, raw: Mapping[str, Any], critical: bool) -> Level:
    return Level(
        index=index,
        after=timedelta(seconds=raw["after"]),
        business=bool(raw.get("business", False)),
        to=raw["to"],
        priority=raw.get("priority"),
        mode=raw.get("mode", "add"),
        applies=_applies(raw.get("when"), critical),
    )


def _applies(when: str | None, critical: bool) -> bool:
    if when is None:
        return True
    try:
        return compile_value(when).evaluate({"sla": {"critical": critical}}) is not False
    except ExpressionError:
        return True


def _step(planned: PlannedLevel, when: str | None) -> FutureStep:
    level = planned.level
    return FutureStep(
        "level",
        planned.at,
        level=level.index,
        to=level.to,
        applies=level.applies,
        mode=level.mode,
        priority=level.priority,
        when=when,
        business=level.business,
    )


def _by_time(step: FutureStep) -> datetime:
    return step.at

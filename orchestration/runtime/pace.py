"""Which steps one worker takes on together: those whose calls are short, as this process has seen it, and may be made
again. What such a call led to is recorded a moment after it, with its neighbours'; should the worker die in between,
the call is made again under the same key, which is what the tool says it bears."""

from __future__ import annotations

from orchestration.core.language.definition import Step
from orchestration.runtime import calls, limits

TOGETHER = 0.03  # seconds of calls that one worker takes on at once
MOST = 64  # steps, however short
SLOW = 0.01  # a tool whose calls take longer goes alone
_NEWEST = 0.2  # the share of the newest call in the average

_seconds: dict[str, float] = {}


def expected(step: Step) -> float:
    """Seconds of one call; those of a tool that was never called may be long."""
    return _seconds.get(name_of(step), calls.timeout_of(step))


def learn(step: Step, seconds: float) -> None:
    name = name_of(step)
    known = _seconds.get(name, seconds)
    _seconds[name] = known + _NEWEST * (seconds - known)


def goes_along(step: Step) -> bool:
    """Short, repeatable, and nobody has to be asked whether it may be called now."""
    if step.kind != "tool" or _seconds.get(name_of(step), SLOW) >= SLOW:
        return False
    return calls.ambiguity(step) == "retry" and limits.of(step) is None


def room(step: Step) -> int:
    """How many such steps are taken on together."""
    return max(1, min(MOST, int(TOGETHER / max(expected(step), 0.0001)))) if goes_along(step) else 1


def name_of(step: Step) -> str:
    return "ai" if step.kind == "ai" else f"{step.spec['tool']}@{step.spec['version']}"

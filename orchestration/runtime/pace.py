"""How long the calls of each tool take, as this process has seen it: what decides which steps go together."""

from __future__ import annotations

from orchestration.core.language.definition import Step

TOGETHER = 0.03  # seconds of calls that one worker takes on at once
SLOW = 0.01  # a tool whose calls take longer goes alone
_MEMORY = 0.2  # the share of the newest call in the average

_seconds: dict[str, float] = {}


def expected(step: Step) -> float | None:
    """Seconds, or None for a tool that was not called yet."""
    return _seconds.get(_name(step))


def learn(step: Step, seconds: float) -> None:
    name = _name(step)
    known = _seconds.get(name, seconds)
    _seconds[name] = known + _MEMORY * (seconds - known)


def is_quick(step: Step) -> bool:
    """Whether its calls are known to be short."""
    return _seconds.get(_name(step), SLOW) < SLOW


def _name(step: Step) -> str:
    return "ai" if step.kind == "ai" else f"{step.spec['tool']}@{step.spec['version']}"

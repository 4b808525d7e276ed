"""What a rehearsal gives: what happened, and where that is not what the test expects."""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.core.changes import Change
from orchestration.core.effects import EmitEvent
from orchestration.core.rehearsal.answering import Call
from orchestration.core.state import OPEN_RUN, RunState


@dataclass(frozen=True, slots=True)
class Happened:
    """`reached` are the targets of the escalation levels that fired, in their order."""

    state: RunState
    changes: tuple[Change, ...]
    calls: tuple[Call, ...]
    reached: tuple[str, ...]
    emitted: tuple[EmitEvent, ...]

    @property
    def outcome(self) -> str:
        return "open" if self.state.status in OPEN_RUN else self.state.outcome


@dataclass(frozen=True, slots=True)
class Failure:
    """Told in words; `line` is that of the expectation, or of what could not be done."""

    line: int
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the trail: how long after the start, and what happened."""

    after: str
    what: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One test and what came of it."""

    name: str
    line: int
    failures: tuple[Failure, ...]
    trail: tuple[Told, ...]

    @property
    def passed(self) -> bool:
        return not self.failures

"""Events in a test: each arrives at its time, moves on the wait that has waited longest, or is kept for a later one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from orchestration.core.deciding import Arrived
from orchestration.core.effects import EmitEvent, TakeEvent
from orchestration.core.events import EventArrived
from orchestration.core.language.workflow_tests import WorkflowTest
from orchestration.core.state import RunState


class Arriving:
    def __init__(self, test: WorkflowTest) -> None:
        self._coming = [
            Arrived(sent.event, sent.key, f"test-{index}", sent.payload, test.at + timedelta(seconds=sent.after))
            for index, sent in enumerate(test.events)
        ]
        self._kept: list[Arrived] = []

    def next(self) -> datetime | None:
        return min((each.received_at for each in self._coming), default=None)

    def due(self, now: datetime) -> Arrived | None:
        """The next event whose time has come; it is there from now on."""
        first = min(self._coming, key=lambda each: each.received_at, default=None)
        if first is None or first.received_at > now:
            return None
        self._coming.remove(first)
        self._kept.append(first)
        return first

    def emitted(self, effect: EmitEvent, now: datetime) -> None:
        """What the run tells others, its own waits may hear as well."""
        self._coming.append(Arrived(effect.name, effect.key, effect.id, effect.payload, now))

    def taken(self, effect: TakeEvent) -> None:
        self._kept = [each for each in self._kept if (each.name, each.id) != (effect.name, effect.id)]

    def kept(self, name: str, key: str) -> tuple[Arrived, ...]:
        return tuple(each for each in self._kept if (each.name, each.key) == (name, key))

    def for_waiting(self, found: Arrived, state: RunState) -> EventArrived | None:
        """The event as the wait hears it; None where nothing waits for it yet."""
        wanted: Mapping[str, str] = {"event": found.name, "key": found.key}
        waiting = [step for step in state.steps.values() if step.kind == "wait" and step.status == "waiting"]
        waiting = sorted((step for step in waiting if step.input == wanted), key=lambda step: step.position)
        if not waiting:
            return None
        return EventArrived(waiting[0].path, found.name, found.key, found.id, found.payload, found.received_at)

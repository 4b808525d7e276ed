"""A workbench for the engine: a clock that stands still, tools that do as told, and a desk that only notes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestration import api, ports
from orchestration.core.effects import PersonRef, ReachedLevel, ReviewRequest
from orchestration.exceptions import NotFound
from orchestration.models import StepRun, Timer
from orchestration.ports import Actor, Answer, Closing, GoingOn, LateRun, NamedPolicy, Question, Standstill
from orchestration.runtime import closers, execute, sweeper
from orchestration.runtime.tools import ToolCall

OSCAR = Actor("person", "oscar", "Oscar Lind")
ALICE = Actor("person", "alice", "Alice Moreau")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday


@dataclass
class StandingClock:
    """Both times, moved by hand."""

    process: datetime = NOON
    system: datetime = NOON

    def process_now(self) -> datetime:
        return self.process

    def system_now(self) -> datetime:
        return self.system

    def speed(self) -> float:
        return 1.0

    def forward(self, **span: float) -> None:
        self.process += timedelta(**span)
        self.system += timedelta(**span)


@dataclass
class NotingDesk:
    """The gateway's fake: it notes what it is told, and answers whom a level reaches from `people`."""

    opened: list[ReviewRequest] = field(default_factory=list)
    told: list[tuple[Any, ...]] = field(default_factory=list)
    people: dict[str, tuple[PersonRef, ...]] = field(default_factory=dict)

    def open(self, request: ReviewRequest) -> None:
        self.opened.append(request)

    def people_for(self, run_id: str, key: str, target: Mapping[str, str]) -> tuple[PersonRef, ...]:
        return self.people.get(target["kind"], (PersonRef(target["kind"], target["kind"].title()),))

    def escalate(self, run_id: str, key: str, level: ReachedLevel) -> None:
        self.told.append(("escalated", key, level.index, tuple(person.id for person in level.people)))

    def warn(self, run_id: str, key: str, stage: str, at: datetime) -> None:
        self.told.append(("warned", key, stage))

    def run_late(self, run_id: str, late: LateRun) -> None:
        self.told.append(("late", late.path, late.stage))

    def resume(
        self, run_id: str, key: str, at: datetime, instants: Mapping[str, datetime], by: PersonRef | None
    ) -> None:
        self.told.append(("resumed", key, dict(instants)))

    def open_many(self, requests: Sequence[ReviewRequest]) -> None:
        for request in requests:
            self.open(request)

    def close_many(self, closings: Sequence[Closing]) -> None:
        for closing in closings:
            self.close(closing.run_id, closing.key, closing.outcome, closing.at, closing.unanswered)

    def close(self, run_id: str, key: str, outcome: str, at: datetime, unanswered: bool) -> None:
        self.told.append(("closed", key, outcome, unanswered))

    def withdraw(self, run_id: str, key: str, reason: str, at: datetime) -> None:
        self.told.append(("withdrawn", key, reason))

    def rename(self, run_id: str, key: str, to: str, step_id: str) -> None:
        self.told.append(("renamed", key, to))

    def stand_still(self, reviews: Sequence[Standstill]) -> None:
        self.told += [("stands still", said.key) for said in reviews]

    def go_on(self, reviews: Sequence[GoingOn]) -> None:
        self.told += [("goes on", said.key, said.by) for said in reviews]


class Hurried(threading.Event):
    """Whoever waits is told at once that the time is over."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


class NoPolicies:
    """An installation without settings."""

    def calendar(self, name: str) -> Any:
        raise NotFound(name)

    def escalation_policy(self, name: str) -> NamedPolicy:
        raise NotFound(name)

    def sla_policy(self, name: str) -> NamedPolicy:
        raise NotFound(name)

    def names(self) -> Mapping[str, frozenset[str]]:
        return {"queues": frozenset({"finance"}), "calendars": frozenset({"office-hours"})}

    def built_in(self) -> frozenset[str]:
        return frozenset()


class Says:
    """A recommender that always says the same."""

    def __init__(self, outcome: str | None = "approve") -> None:
        self.outcome = outcome
        self.asked: list[Question] = []

    def recommend(self, question: Question) -> Answer:
        self.asked.append(question)
        return Answer(self.outcome, 0.9, 90, 100, ("Usual.",), (), "", None, {"recommender": "fake"})


@dataclass
class Scripted:
    """A tool's behaviour: a list of what to do at each call, then `result` for ever. Calls are kept."""

    result: Any = field(default_factory=dict)
    script: list[Any] = field(default_factory=list)
    calls: list[tuple[Mapping[str, Any], ToolCall]] = field(default_factory=list)
    before: Callable[[], None] | None = None

    def __call__(self, given: Mapping[str, Any], call: ToolCall) -> Mapping[str, Any]:
        self.calls.append((dict(given), call))
        if self.before is not None:
            self.before()
        act = self.script.pop(0) if self.script else self.result
        if isinstance(act, Exception):
            raise act
        return act if isinstance(act, Mapping) else {"value": act}

    @property
    def keys(self) -> list[str]:
        return [call.idempotency_key for _, call in self.calls]


@dataclass
class Bench:
    """Everything a test of the engine needs, bound for its duration."""

    clock: StandingClock
    desk: NotingDesk
    recommender: Says
    tools: dict[str, Scripted]

    def publish(self, text: str) -> Any:
        return api.publish_workflow(text=text, note="", actor=OSCAR)

    def start(self, workflow: str, event_id: str | None = None, **given: Any) -> str:
        return api.start_run(workflow=workflow, input=given, actor=OSCAR, source="test", event_id=event_id).run_id

    def work(self) -> int:
        """Does every ready step, as workers would. Returns how many attempts were made."""
        made = 0
        while ready := StepRun.objects.filter(status="ready").order_by("pk").first():
            made += execute.execute(str(ready.run_id), ready.path)
        return made

    def sweep(self) -> None:
        """Fires what is due at the clock's present time, then works."""
        while Timer.objects.filter(status="armed", due_at__lte=self.clock.process).exists():
            sweeper.fire_timers()
        sweeper.lose_expired_leases()
        self.work()

    def close(self, *queues: str) -> int:
        """Closes the undo windows that lead to these queues, as their workers do. Returns how many steps were made."""
        return closers.Closers(queues).take_turn(Hurried())

    def decide(self, run_id: str, key: str, outcome: str, undo: float = 10, **fields: Any) -> api.Standing:
        return api.decide_review(run_id=run_id, key=key, outcome=outcome, fields=fields, actor=ALICE, undo_seconds=undo)

    def kinds(self, run_id: str) -> list[str]:
        return [entry.kind for entry in api.timeline(run_id)]


@contextmanager
def bench(*tools: str) -> Iterator[Bench]:
    """Binds the ports to fakes and registers the named tools (`name@1`): idempotent where it ends in `!`, only looking
    something up where it ends in `?`."""
    from orchestration.runtime import tools as registry

    before = {name: getattr(ports.bound, name) for name in ("clock", "human_tasks", "policies", "recommender")}
    made = Bench(StandingClock(), NotingDesk(), Says(), {})
    registered = dict(registry._registered)
    for reference in tools:
        name, _, version = reference.rstrip("!?").partition("@")
        made.tools[name] = Scripted()
        idempotent, reads = reference.endswith("!"), reference.endswith("?")
        registry.tool(name=name, version=int(version), idempotent=idempotent, reads=reads)(made.tools[name])
    ports.bind(
        clock=made.clock, human_tasks=made.desk, policies=NoPolicies(), recommender=made.recommender, observer=None
    )
    try:
        yield made
    finally:
        ports.bind(**before)
        registry._registered.clear()
        registry._registered.update(registered)

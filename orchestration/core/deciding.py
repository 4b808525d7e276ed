"""One decision being made: the state so far, the changes and effects it has led to, and the steps still to enter."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from orchestration.core import large, parts, paths
from orchestration.core.calendars import Calendar
from orchestration.core.changes import Change, Working
from orchestration.core.effects import CancelChild, Effect, RunEnded, WithdrawReview
from orchestration.core.events import Known, Now
from orchestration.core.language.definition import ON_ERROR, Definition, Step
from orchestration.core.language.expressions import ExpressionError, Value
from orchestration.core.parts import MissingSteps
from orchestration.core.state import RunState, StepState, TimerState

OF_ITERATION = frozenset({"item", "number", "previous"})  # names that only loops know


CALLS = ("tool", "ai", "undo")  # their timeout is that of one call
APART = ("input", "result")  # values of an event that are kept apart where they are large
TIMEOUT = "timeout"  # the key of a step, and what its timer is called


class Missing(Exception):
    """More has to be known to go on. The runtime loads it and decides anew: deciding is free of effects."""


class MissingPolicy(Missing):
    """A named policy is needed to go on."""

    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name = kind, name  # kind: calendar | sla | escalation
        super().__init__(f"{kind} {name}")


class MissingEvents(Missing):
    """A wait is armed or over, and may be answered by an event that has arrived already. Loaded like a policy."""

    def __init__(self, name: str, key: str) -> None:
        self.name, self.key = name, key
        super().__init__(f"{name} {key}")


class MissingAnswers(Missing):
    """Steps are entered whose tools may have answered the same before. Loaded like a policy."""

    def __init__(self, keys: Collection[str]) -> None:
        self.keys = frozenset(keys)
        super().__init__(f"{len(self.keys)} answers")


class MissingValues(Missing):
    """Values are read that are kept apart because they are large. Loaded like a policy."""

    def __init__(self, digests: Collection[str]) -> None:
        self.digests = frozenset(digests)
        super().__init__(f"{len(self.digests)} values")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a tool said when it was asked the same, in which run, and when (process time)."""

    result: Any
    run_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event that was received for a key, and has moved on nothing in this run so far."""

    name: str
    key: str
    id: str
    payload: Any
    received_at: datetime  # process time


@dataclass(frozen=True, slots=True)
class Policy:
    """A named policy at one version, in the canonical form of the language."""

    name: str
    version: int
    body: Any


@dataclass(frozen=True, slots=True)
class World:
    """What a run is decided by, beside its state: the pinned definition and the named policies loaded so far."""

    definition: Definition
    version: int
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    policies: Mapping[tuple[str, str], Policy] = field(default_factory=dict)  # by (kind, name)
    arrived: Mapping[tuple[str, str], tuple[Arrived, ...]] = field(default_factory=dict)  # by (name, key), in order
    answers: Mapping[str, KeptAnswer | None] = field(default_factory=dict)  # the newest, as far as looked for
    values: Mapping[str, Any] = field(default_factory=dict)  # those kept apart, by digest, as far as loaded
    large: int = large.LARGE  # bytes from which a value is kept apart

    def calendar(self, name: str) -> Calendar:
        if name not in self.calendars:
            raise MissingPolicy("calendar", name)
        return self.calendars[name]

    def policy(self, kind: str, name: str) -> Policy:
        if (kind, name) not in self.policies:
            raise MissingPolicy(kind, name)
        return self.policies[(kind, name)]

    def events(self, name: str, key: str) -> tuple[Arrived, ...]:
        """Those that arrived since the run began and moved nothing on yet, the earliest first."""
        if (name, key) not in self.arrived:
            raise MissingEvents(name, key)
        return self.arrived[(name, key)]


class Deciding:
    """Collects what one event leads to. Lives for one call of `decide`."""

    def __init__(self, state: RunState, now: Now, world: World) -> None:
        self.work = Working(state)
        self.now = now
        self.world = world
        self.changes: list[Change] = []
        self.effects: list[Effect] = []
        self.entering: deque[str] = deque()  # paths of a run
        self.apart: dict[str, str] = {}  # values that are to be kept apart, as canonical JSON by digest
        self.values: dict[str, Any] = {}  # the same as they are
        self.how = ""  # it goes on: rerun, retry or fork
        self.answers: dict[str, KeptAnswer] = {}  # of tools, given by this event
        self.taken: list[tuple[int, str]] = []  # steps whose undo is taken over with them, with its place there
        self.known: Mapping[str, Known] = {}  # steps that have ended in the run that this one goes on from

    def record(self, kind: str, data: Mapping[str, Any], values: Mapping[str, Any] | None = None) -> None:
        change = Change(kind, self.now.process, data, self._kept_apart(values) if values is not None else None)
        self.work.apply(change)
        self.changes.append(change)

    def _kept_apart(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is large is recorded as a reference; whoever reads it goes through `whole`."""
        return {name: self._reference(value) if name in APART else value for name, value in values.items()}

    def _reference(self, value: Any) -> Any:
        text = large.text_if_large(value, self.world.large)
        if text is None:
            return value
        reference = large.reference(self.work.run.id, text)
        self.apart[reference[large.OF]], self.values[reference[large.OF]] = text, value
        return reference

    def whole(self, value: Any) -> Any:
        """A value of the state as it is. Raises `MissingValues` where it is kept apart and not loaded yet."""
        return self.wholes([value])[0]

    def wholes(self, values: Iterable[Any]) -> list[Any]:
        listed = list(values)
        digests = {value[large.OF] for value in listed if large.is_reference(value)}
        missing = digests - self.values.keys() - self.world.values.keys()
        if missing:
            raise MissingValues(missing)
        known = {digest: self.values.get(digest, self.world.values.get(digest)) for digest in digests}
        return [known[value[large.OF]] if large.is_reference(value) else value for value in listed]

    def open_step(self, step: Step, status: str, *, scope: Any = None, given: Any = None) -> None:
        """Enters a step, and arms its `timeout`; that of a call is the call's own."""
        data: dict[str, Any] = {"path": step.path, "id": step.id, "kind": step.kind, "status": status}
        if scope is not None:
            data["scope"] = scope
        self.record("step.opened", data, {"input": given} if given is not None else None)
        if TIMEOUT in step.spec and step.kind not in CALLS:
            self.arm([(f"{step.path}:{TIMEOUT}", "process", self.now.process + timedelta(seconds=step.spec[TIMEOUT]))])

    # ---- the steps and timers of the run -------------------------------------------------------

    def all_steps(self, within: str = "") -> Iterator[StepState]:
        """The step runs inside a block, a branch or an iteration, or of the whole run, in the order of their opening.

        The one way to walk them: what ends a block or the run asks here, everything else goes by path.
        """
        self._require_inside(within)
        return (step for step in list(self.work.steps.values()) if paths.stands_in(step.path, within))

    def all_timers(self, within: str = "") -> Iterator[TimerState]:
        """The timers of the steps inside a block, a branch or an iteration, or of the whole run."""
        self._require_inside(within)
        timers = list(self.work.timers.values())
        return (timer for timer in timers if paths.stands_in(paths.subject_of(timer.name), within))

    def timers_of(self, subject: str) -> list[TimerState]:
        """Those of one step, or of one review by its key."""
        path = paths.path_of(subject)
        if self.work.part is not None and not self.work.part.has(path):
            raise MissingSteps(parts.around(path))
        return [timer for timer in self.work.timers.values() if timer.name.rpartition(":")[0] == subject]

    def _require_inside(self, within: str) -> None:
        if self.work.part is not None and not self.work.part.has_inside(within):
            raise MissingSteps(parts.inside(within))

    # ---- expressions ---------------------------------------------------------------------------

    def context(self, value: Value, at: str) -> dict[str, Any]:
        """The names that the value reads, for a step at a path. A step that was skipped or did not run is null."""
        definition, run = self.world.definition, self.work.run
        results = []
        for step_id in value.references:
            path = definition.run_path(step_id, at)
            found = self.work.steps.get(path) if path is not None else None
            results.append(found.result if found is not None else None)
        given, *results = self.wholes([run.input if "input" in value.roots else None, *results])
        known = {
            "input": given,
            "steps": dict(zip(value.references, results, strict=True)),
            "run": {"id": run.id, "key": run.business_key, "source": run.source, "workflow": definition.name},
        }
        if value.roots & OF_ITERATION:
            known |= self._of_iteration(value, at)
        if "error" in value.roots:
            known["error"] = self._error(at)
        return known

    def _of_iteration(self, value: Value, at: str) -> dict[str, Any]:
        """`number` is of the innermost loop around the step, `item` of the innermost each, `previous` of the innermost
        repeat."""
        iteration = paths.iteration_of(at)
        if not iteration:
            return {}
        known: dict[str, Any] = {"number": paths.block_of(iteration)[1]}
        if "item" in value.roots:
            block, number = self._loop_around(iteration, "each")
            known["item"] = (self.whole(self.work.steps[block].input) or {}).get("items", [])[number - 1]
        if "previous" in value.roots:
            block, number = self._loop_around(iteration, "repeat")
            step = self.world.definition.at(block)
            last = self.work.steps.get(f"{block}#{number - 1}/{step.spec.get('result') or step.blocks[0].steps[-1].id}")
            known["previous"] = self.whole(last.result) if last is not None else None
        return known

    def _loop_around(self, iteration: str, kind: str) -> tuple[str, int]:
        """The nearest block of the kind, from an iteration outwards, and which iteration of it is around. The check of
        a text has seen that there is one."""
        block, number = paths.block_of(iteration)
        if self.world.definition.at(block).kind == kind:
            return block, number
        return self._loop_around(paths.iteration_of(block), kind)

    def _error(self, at: str) -> Any:
        """The error that the handlers around a step are about."""
        around = self.world.definition.parent(at)
        while around is not None and around.block.name != ON_ERROR:
            around = self.world.definition.parent(around.path)
        return self.work.steps[around.path].error if around is not None else self.work.run.error

    def evaluate(self, value: Value, at: str, **more: Any) -> Any:
        """Raises `ExpressionError`, also where the value is larger than any may be."""
        found = value.evaluate({**self.context(value, at), **more})
        too_large = large.fault_of(found)
        if too_large is not None:
            raise ExpressionError(expression=value.text, values={}, reason=too_large)
        return found

    def holds(self, value: Value, at: str, **more: Any) -> bool:
        """A condition that steers the flow must be true or false; anything else is an error for a person."""
        result = self.evaluate(value, at, **more)
        if not isinstance(result, bool):
            raise ExpressionError(
                expression=value.text, values={"result": result}, reason="A condition must give true or false."
            )
        return result

    # ---- timers --------------------------------------------------------------------------------

    def arm(self, timers: Iterable[tuple[str, str, datetime]]) -> None:
        """Arms timers given as (name, clock, due), each with the next generation of its name."""
        rows = []
        for name, clock, due_at in timers:
            known = self.work.timers.get(name)
            rows.append([name, clock, due_at.isoformat(), known.generation + 1 if known else 1])
        if rows:
            self.record("timer.armed", {"timers": rows})
        if self.work.run.paused_at is not None:
            self.hold([str(row[0]) for row in rows])

    def hold(self, names: Iterable[str]) -> None:
        """Lets armed timers stand still until the run goes on."""
        held = list(names)
        if held:
            self.record("timer.held", {"names": held})

    def move(self, timers: Iterable[tuple[str, datetime]]) -> None:
        """Gives timers another instant, whatever their state."""
        rows = [[name, due_at.isoformat()] for name, due_at in timers]
        if rows:
            self.record("timer.moved", {"timers": rows})

    def stop(self, names: Iterable[str]) -> None:
        stopped = list(names)
        if stopped:
            self.record("timer.stopped", {"names": stopped})

    def stop_if_armed(self, name: str) -> None:
        timer = self.work.timers.get(name)
        if timer is not None and timer.status in ("armed", "held"):
            self.stop([name])

    def armed_of(self, subject: str) -> list[str]:
        """Names of the armed timers of one review or step, those of a paused run among them."""
        return [timer.name for timer in self.timers_of(subject) if timer.status in ("armed", "held")]

    # ---- the run's end -------------------------------------------------------------------------

    def end_run(
        self, status: str, outcome: str, reason: str, error: Mapping[str, Any] | None = None, result: Any = None
    ) -> None:
        """Ends the run: what is open is cancelled, its reviews are withdrawn, its timers stopped."""
        self.entering.clear()
        self.cancel_inside("", reason)
        values = {name: value for name, value in (("error", error), ("result", result)) if value is not None}
        self.record("run.ended", {"status": status, "outcome": outcome, "reason": reason}, values or None)
        self.effects.append(RunEnded())

    def cancel_inside(self, within: str, reason: str, but: Collection[str] = ()) -> None:
        """Cancels what is open inside a block, a branch or an iteration, or in the whole run, but for some paths.

        In a run that goes on, a call that may be taking effect and can be undone is settled before it is let go.
        """
        but = {*but, *(self._settled(within) if within else ())}
        self.entering = deque(path for path in self.entering if not paths.stands_in(path, within))
        dropped = [path for path in self.work.run.held if paths.stands_in(path, within)]
        if dropped:
            self.record("run.held", {"paths": [], "dropped": dropped})
        for step in self.all_steps(within):
            if step.is_open and step.path not in but:
                self.withdraw(step.path, reason)
                self.record("step.cancelled", {"path": step.path})
        timers = (timer for timer in self.all_timers(within) if timer.status in ("armed", "held"))
        self.stop([timer.name for timer in timers if paths.subject_of(timer.name) not in but])

    def _settled(self, within: str) -> list[str]:
        unsettled = [step for step in self.all_steps(within) if self.is_unsettled(step)]
        for step in unsettled:
            self.record("step.settling", {"path": step.path, "scope": {**(step.scope or {}), "settling": True}})
        return [step.path for step in unsettled]

    def is_unsettled(self, step: StepState) -> bool:
        """Whether its call may have taken effect, or is about to, and could be undone. Once its error is handled,
        the tool itself or a person has answered that."""
        if not step.is_open or step.kind != "tool" or self.world.definition.at(step.path).undo is None:
            return False
        scope = step.scope or {}
        return step.status == "running" or (bool(scope.get("unsure")) and not scope.get("handling"))

    def withdraw(self, path: str, reason: str) -> None:
        """Takes back what an open step has asked for: its review, or the run that it started."""
        step = self.work.steps[path]
        if step.kind == "workflow" and step.status == "waiting":
            if self.world.definition.at(path).spec.get("parent_ends") != "leave":
                self.effects.append(CancelChild(path, step.attempts, reason))
            return
        review = step.review
        if review is None or review["status"] not in ("open", "decided"):
            return
        self.record("review.withdrawn", {"path": path, "key": review["key"], "review": {"status": "withdrawn"}})
        self.effects.append(WithdrawReview(review["key"], reason, self.now.process))

"""Plays one test: whatever is ready is called, then the clock jumps to what comes next.

An act of a person that falls on the same instant as a timer comes first: it was received in time.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from orchestration.core.calendars import Calendar
from orchestration.core.changes import Change
from orchestration.core.decide import Decided, decide
from orchestration.core.deciding import (
    KeptAnswer,
    MissingAnswers,
    MissingEvents,
    MissingPolicy,
    MissingValues,
    Policy,
    World,
)
from orchestration.core.effects import (
    AskApprover,
    CallStep,
    Effect,
    EmitEvent,
    EscalateReview,
    KeepAnswer,
    OpenReview,
    PersonRef,
    StartChild,
    TakeEvent,
    UndoChild,
)
from orchestration.core.events import (
    ApproverAsked,
    AttemptFailed,
    AttemptLeased,
    AttemptSucceeded,
    ChildEnded,
    ChildUndone,
    Event,
    Now,
    Started,
    TimerFired,
)
from orchestration.core.language.definition import Definition, Step
from orchestration.core.language.workflow_tests import Answer, WorkflowTest
from orchestration.core.large import MOST
from orchestration.core.rehearsal.answering import Answering, Call, CannotAnswer
from orchestration.core.rehearsal.arriving import Arriving
from orchestration.core.rehearsal.expecting import failures_of
from orchestration.core.rehearsal.outcome import Failure, Happened, Rehearsed
from orchestration.core.rehearsal.people import People
from orchestration.core.rehearsal.telling import told
from orchestration.core.state import OPEN_RUN, RunState
from orchestration.exceptions import InvalidTransition, LeaseLost, MissedTimer

MAX_EVENTS = 10_000
WORKER = "test"
DRAW = 0.5  # waits between retries are neither shortened nor lengthened

Policies = Callable[[str, str], Policy | Calendar | None]  # kind (calendar, sla, escalation) and name


def rehearse(
    definition: Definition, test: WorkflowTest, policies: Policies, ambiguity: Callable[[Step], str]
) -> Rehearsed:
    """`policies` finds what the workflow names and the test does not bring; `ambiguity` says what an ambiguous
    outcome of a step leads to."""
    rehearsal = _Rehearsal(definition, test, policies, ambiguity)
    rehearsal.plays()
    happened = rehearsal.happened
    failures = rehearsal.stopped_by or (*rehearsal.left_over(), *failures_of(test, happened))
    return Rehearsed(test.name, test.line, tuple(failures), told(happened.changes, test.at))


class _Rehearsal:
    def __init__(
        self,
        definition: Definition,
        test: WorkflowTest,
        policies: Policies,
        ambiguity: Callable[[Step], str],
    ) -> None:
        self._test, self._policies, self._ambiguity = test, policies, ambiguity
        named = {key: Policy(key[1], 1, body) for key, body in test.policies.items()}
        self._world = World(definition, 1, test.calendars, named, large=MOST)  # all that fits stays where it is
        self._now = test.at
        self._state = RunState(id="test")
        self._ready: deque[str] = deque()
        self._asked: deque[StartChild] = deque()
        self._undone: deque[ChildUndone] = deque()
        self._answering = Answering(test)
        self._people = People(test)
        self._arriving = Arriving(test)
        self._kept: dict[str, KeptAnswer] = {}  # what tools have answered, where the text says to keep it
        self._apart: dict[str, Any] = {}  # what looks like a reference and is none
        self._emitted: list[EmitEvent] = []
        self._changes: list[Change] = []
        self._calls: list[Call] = []
        self._reached: list[str] = []
        self.stopped_by: list[Failure] = []  # what kept the test from being played to its end

    @property
    def happened(self) -> Happened:
        return Happened(
            self._state, tuple(self._changes), tuple(self._calls), tuple(self._reached), tuple(self._emitted)
        )

    def plays(self) -> None:
        source, key = "test", self._key()
        self._happens(Started(self._test.input, source, key))
        for _ in range(MAX_EVENTS):
            if self.stopped_by or self._state.status not in OPEN_RUN or not self._goes_on():
                break
        else:
            self._fails(self._test.line, "to come to an end", f"{MAX_EVENTS:,} events, and it still goes on")

    def left_over(self) -> Iterator[Failure]:
        """What people were to do and could not."""
        return self._people.left_over(self._state.status)

    def _key(self) -> str | None:
        definition = self._world.definition
        found = definition.key.evaluate({"input": self._test.input}) if definition.key is not None else None
        return str(found) if found is not None else None

    def _goes_on(self) -> bool:
        """One thing more; False where nothing is left that could happen."""
        if self._ready:
            self._calls_out(self._ready.popleft())
            return True
        if self._asked:
            self._runs_inside(self._asked.popleft())
            return True
        if self._undone:
            self._happens(self._undone.popleft())
            return True
        coming = (self._next_timer(), self._people.next(), self._arriving.next())
        instant = min((each for each in coming if each is not None), default=None)
        if instant is None:
            return False
        self._now = max(self._now, instant)
        act = self._people.due(self._now)
        if act is not None:
            self._acts(act.line, act.event(self._now))
        elif (arrived := self._arriving.due(self._now)) is not None:
            heard = self._arriving.for_waiting(arrived, self._state)
            if heard is not None:
                self._happens(heard)
        else:
            self._fires()
        return True

    # ---- calls ---------------------------------------------------------------------------------

    def _calls_out(self, path: str) -> None:
        step = self._state.steps.get(path)
        if step is None or step.status != "ready":
            return
        self._happens(AttemptLeased(path, WORKER))
        attempts, written = self._state.steps[path].attempts, self._world.definition.at(path)
        answer = self._answered(path)
        if answer is None:
            return
        if answer.error is None:
            self._happens(AttemptSucceeded(path, attempts, answer.result))
        else:
            self._happens(AttemptFailed(path, attempts, answer.error, self._ambiguity(written), DRAW))

    def _runs_inside(self, asked: StartChild) -> None:
        """A run that this one starts is not played: the test says how it ends."""
        answer = self._answered(asked.path)
        if answer is None:
            return
        if answer.error is None:
            outcome, result, undoes = (answer.result.get(name) for name in ("outcome", "result", "undoes"))
            ended = ChildEnded(
                asked.path, asked.number, "test", "succeeded", outcome, result, None, DRAW, undoes=bool(undoes)
            )
        else:
            ended = ChildEnded(asked.path, asked.number, "test", "failed", "failed", None, answer.error, DRAW)
        self._happens(ended)

    def _answered(self, path: str) -> Answer | None:
        call = Call.of(self._world.definition.at(path), self._state.steps[path])
        self._calls.append(call)
        try:
            return self._answering.answer(call)
        except CannotAnswer as lacking:
            self._fails(lacking.line, f"at most {lacking.given} calls of {call.name}", "one more call")
            return None

    # ---- time ----------------------------------------------------------------------------------

    def _next_timer(self) -> datetime | None:
        return min((timer.due_at for timer in self._state.armed()), default=None)

    def _fires(self) -> None:
        timer = min(self._state.armed(), key=lambda each: each.due_at)
        self._happens(TimerFired(timer.name, timer.generation, (PersonRef("reached", "whoever is reached"),)))

    # ---- people --------------------------------------------------------------------------------

    def _acts(self, line: int, event: Event) -> None:
        try:
            refusal = self._people.refusal(event)
            if refusal is None:
                self._happens(event)
                self._people.acted(event, self._state, self._now)
                return
        except (InvalidTransition, MissedTimer, LeaseLost) as error:
            refusal = str(error)
        self._fails(line, "what is done here to be possible", refusal)

    # ---- deciding ------------------------------------------------------------------------------

    def _happens(self, event: Event) -> None:
        decided = self._decided(event)
        if decided is None:
            return
        self._state = decided.state
        self._changes += decided.changes
        self._apart |= {digest: json.loads(text) for digest, text in decided.apart.items()}
        for effect in decided.effects:
            self._takes_note(effect)

    def _takes_note(self, effect: Effect) -> None:
        match effect:
            case CallStep(path):
                self._ready.append(path)
            case KeepAnswer(key, _, result, at):
                self._kept[key] = KeptAnswer(result, self._state.id, at)
            case StartChild():
                self._asked.append(effect)
            case UndoChild(path, run_id):
                self._undone.append(ChildUndone(path, run_id))
            case OpenReview(request):
                self._people.opened(request, self._now)
            case AskApprover(key, seat, to):
                self._happens(ApproverAsked(key, seat, (PersonRef(_reached(to), _reached(to)),)))
            case EscalateReview(_, level):
                self._reached.append(_reached(level.to))
            case TakeEvent():
                self._arriving.taken(effect)
            case EmitEvent():
                self._emitted.append(effect)
                self._arriving.emitted(effect, self._now)

    def _decided(self, event: Event) -> Decided | None:
        world = self._world
        while True:
            try:
                return decide(self._state, event, Now(self._now, self._now), world)
            except MissingEvents as missing:
                key = (missing.name, missing.key)
                world = replace(world, arrived={**world.arrived, key: self._arriving.kept(*key)})
            except MissingValues as missing:
                world = replace(world, values={**world.values, **{each: self._apart[each] for each in missing.digests}})
            except MissingAnswers as missing:
                world = replace(world, answers={key: self._kept.get(key) for key in missing.keys} | {**world.answers})
            except MissingPolicy as missing:
                found = self._policies(missing.kind, missing.name)
                if found is None:
                    what = f"the {missing.kind} {missing.name!r} from the settings"
                    self._fails(self._test.line, what, "nobody gives it; write it under `settings` of the test")
                    return None
                self._world, world = _with(self._world, missing, found), _with(world, missing, found)

    def _fails(self, line: int, expected: str, found: str) -> None:
        self.stopped_by.append(Failure(line, expected, found))


def _with(world: World, missing: MissingPolicy, found: Policy | Calendar) -> World:
    if isinstance(found, Calendar):
        return replace(world, calendars={**world.calendars, missing.name: found})
    return replace(world, policies={**world.policies, (missing.kind, missing.name): found})


def _reached(target: object) -> str:
    """backup, manager, owner, or the name of a user, role or queue."""
    to = dict(target)  # type: ignore[call-overload]
    return str(to["name"]) if "name" in to else str(to["kind"]).removesuffix("_of")

"""Any workflow and any schedule: generated definitions, and a player that throws events at a run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from orchestration.core.changes import Change, fold
from orchestration.core.decide import Decided, decide
from orchestration.core.deciding import Arrived, KeptAnswer, MissingAnswers, MissingEvents, MissingValues
from orchestration.core.deciding import World as Pinned
from orchestration.core.effects import AskApprover, KeepAnswer, PersonRef, TakeEvent
from orchestration.core.events import (
    ApproverAsked,
    AttemptDeferred,
    AttemptFailed,
    AttemptLeased,
    AttemptLost,
    AttemptReturned,
    AttemptSucceeded,
    CancelRequested,
    ChildEnded,
    ChildUndone,
    DecisionGiven,
    DecisionTakenBack,
    Event,
    EventArrived,
    LevelCalled,
    LimitLifted,
    Now,
    OutageBegan,
    OutageEnded,
    PauseRequested,
    ResumeRequested,
    ReviewPaused,
    ReviewResumed,
    Started,
    TimerFired,
)
from orchestration.core.language.definition import Definition, compile_definition
from orchestration.core.large import LARGE
from orchestration.core.state import RunState, StepState, TimerState
from orchestration.exceptions import InvalidTransition, LeaseLost, MissedTimer

MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)
ALICE, BOB, CAROL = PersonRef("1", "Alice"), PersonRef("2", "Bob"), PersonRef("3", "Carol")
FINISHED = frozenset({"succeeded", "failed", "cancelled", "skipped"})
REFUSALS = (InvalidTransition, LeaseLost, MissedTimer)


# ---- workflows -----------------------------------------------------------------------------------


class Author:
    """Writes any workflow: blocks in blocks of every kind, some of whose expressions cannot be evaluated."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._names = iter(["run", *(f"s{number}" for number in range(500))])  # a step may be called like a run

    def writes(self) -> Definition:
        canonical: dict[str, Any] = {"workflow": "any", "title": "Any", "input": {"type": "object"}}
        canonical["steps"] = self._steps(0, least=2)
        if self._chance.random() < 0.2:
            canonical["on_error"] = self._steps(3, least=1)
        if self._chance.random() < 0.5:
            canonical["limits"] = {"duration": self._chance.choice([7_000, 864_000])}
        return compile_definition(canonical)

    def _steps(self, depth: int, least: int = 0) -> list[dict[str, Any]]:
        return [self._step(depth) for _ in range(self._chance.randint(least, 4 - depth))]

    def _step(self, depth: int) -> dict[str, Any]:
        kinds = ["tool"] * 6 + ["ai", "set", "wait", "workflow"] * 2 + ["emit"] + ["review"] * 6 + ["end", "fail"]
        blocks = ["parallel"] * 8 + ["switch", "each"] * 4 + ["repeat"] * 2
        kind = self._chance.choice(kinds + (blocks if depth < 2 else []))
        made: dict[str, Any] = {"id": next(self._names), "kind": kind}
        if self._chance.random() < 0.2:
            made["when"] = self._condition()
        made |= self._of_kind(kind, depth)
        if depth < 3 and kind in ("tool", "ai", "review", *blocks) and self._chance.random() < 0.15:
            made["on_error"] = self._steps(3, least=1)
        if kind in ("review", *blocks) and self._chance.random() < 0.2:
            made["timeout"] = 1_500
        return made

    def _condition(self) -> str:
        return self._chance.choice(["${ input.yes }"] * 5 + ["${ input.no }"] * 5 + ["${ input.missing.link }"])

    def _value(self) -> str:
        return self._chance.choice(["${ input.n }"] * 15 + ["${ input.missing.link }"])

    def _of_kind(self, kind: str, depth: int) -> dict[str, Any]:
        match kind:
            case "tool":
                retry = {"attempts": self._chance.randint(1, 3)}
                return {"tool": "t", "version": 1, "with": {"n": self._value()}, "retry": retry} | self._beside()
            case "ai":
                return {"ai": "point", "with": {}}
            case "review":
                return self._review()
            case "wait":
                return {"wait": self._wait()}
            case "workflow":
                policy: dict[str, Any] = self._chance.choice([{}, {"parent_ends": "leave"}, {"retry": {"attempts": 2}}])
                given = {"child_fails": {"result": self._value()}} if self._chance.random() < 0.3 else {}
                return {"workflow": "other", "with": {"n": self._value()}, **policy, **given}
            case "emit":
                return {"emit": {"event": "e", "key": self._value(), "with": {"n": self._value()}}}
            case "parallel" | "switch" | "each" | "repeat":
                return self._block(kind, depth)
            case "set":
                return {"set": {"v": self._value()}}
            case _:
                return {kind: "over"}

    def _beside(self) -> dict[str, Any]:
        undo = {"undo": {"tool": "u", "version": 1, "with": {"n": self._value()}}}
        made: dict[str, Any] = {**undo} if self._chance.random() < 0.4 else {}
        if not made and self._chance.random() < 0.2:
            made["cache"] = 3_600
        if self._chance.random() < 0.2:
            made["fallback"] = [{"tool": "f", "version": 1, "with": {}, **undo}, {"tool": "g", "version": 1}]
        return made

    def _block(self, kind: str, depth: int) -> dict[str, Any]:
        if kind == "parallel":
            branches = [{"name": f"b{n}", "steps": self._steps(depth + 1)} for n in range(self._chance.randint(1, 3))]
            return {**self._joined(len(branches)), "branches": branches}
        if kind == "switch":
            case = {"when": self._condition(), "steps": self._steps(depth + 1)}
            return {"cases": [case, {"steps": self._steps(depth + 1)}][: self._chance.randint(1, 2)]}
        steps = self._steps(depth + 1, least=1)
        if kind == "each":
            items = self._chance.choice(["${ input.items }"] * 9 + ["${ input.missing.link }"])
            return {"in": items, "concurrency": self._chance.randint(1, 3), "steps": steps, **self._joined(3)}
        way = self._chance.choice([{"until": "${ number == 2 }"}, {"while": self._condition()}])
        return {"max": self._chance.randint(1, 3), "steps": steps, **way}

    def _joined(self, count: int) -> dict[str, Any]:
        join = self._chance.choice(["all", "all", "any", {"at_least": self._chance.randint(1, count)}])
        errors = self._chance.choice([None, "ask", "collect", "stop"])
        return {"join": join} | ({"errors": errors} if errors else {})

    def _wait(self) -> dict[str, Any]:
        late = {"unanswered": {"after": 7_200, "outcome": "late"}} if self._chance.random() < 0.5 else {}
        waits: list[dict[str, Any]] = [{"for": 3_600}, {"until": "2026-11-02T10:00:00Z"}, {"until": "${ input.n }"}]
        return self._chance.choice([*waits, {"event": "e", "key": self._value(), **late}])

    def _review(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "title": "Review ${ input.n }",
            "outcomes": [
                {"id": name, "label": name, "risk": "low", "reason": "against_ai"} for name in ("approve", "reject")
            ],
            "fields": [{"name": "n", "label": "N", "value": self._value(), "edit": True, "type": "number"}],
            "assign": {"queue": "finance", "approvals": 1},
        }
        if self._chance.random() < 0.7:
            made["sla"] = {"due": 3_600, "critical": self._chance.random() < 0.5}
            level = {"after": 1_800, "to": {"kind": "backup_of", "of": "queue"}, "mode": "add", "business": False}
            made["escalate"] = [level, {**level, "when": "${ sla.critical }"}]
        if self._chance.random() < 0.5:
            made["unanswered"] = {"after": 7_200, "outcome": "reject"}
        if self._chance.random() < 0.3:
            made["assign"]["approvals"] = self._approvals()
        return made

    def _approvals(self) -> dict[str, Any]:
        target = {"kind": "user", "name": "somebody"}
        way: dict[str, Any] = self._chance.choice([{"to": target}, {"outcome": "reject"}])
        named: dict[str, Any] = {"targets": [target, target]} if self._chance.random() < 0.5 else {}
        in_order = bool(named) and self._chance.random() < 0.5
        return {
            "need": 2,
            "of": 2 if named else self._chance.randint(2, 3),
            "in_order": in_order,
            "disagree": way,
            "blind": self._chance.random() < 0.5,
            "alone": self._chance.choice([[], ["reject"]]),
            **named,
        }


# ---- runs ----------------------------------------------------------------------------------------


@dataclass
class Player:
    """Throws events at one run and keeps everything that was decided."""

    definition: Definition
    state: RunState = field(default_factory=lambda: RunState(id="r1"))
    now: datetime = MONDAY
    changes: list[Change] = field(default_factory=list)
    made: list[Decided] = field(default_factory=list)
    arrived: list[Arrived] = field(default_factory=list)  # and moved nothing on yet
    kept: dict[str, KeptAnswer] = field(default_factory=dict)  # answers of tools that look something up
    large: int = LARGE  # bytes from which a value is kept apart
    apart: dict[str, Any] = field(default_factory=dict)  # those values
    kept_before: dict[str, KeptAnswer] = field(default_factory=dict)  # those that the last event found
    offered: list[Arrived] = field(default_factory=list)  # those that the last event found

    def happens(self, event: Event) -> Decided | None:
        """What was decided; None where the event was refused, and then nothing has changed."""
        found = self.offered, self.kept_before = self.arrived, self.kept
        try:
            decided = self.decided(event)
        except REFUSALS:
            return None
        self.state = decided.state
        self.changes += decided.changes
        self.made.append(decided)
        self.apart |= {digest: json.loads(text) for digest, text in decided.apart.items()}
        keeps = (effect for effect in decided.effects if isinstance(effect, KeepAnswer))
        self.kept = self.kept | {each.key: KeptAnswer(each.result, self.state.id, each.at) for each in keeps}
        taken = {(effect.name, effect.id) for effect in decided.effects if isinstance(effect, TakeEvent)}
        self.arrived = [each for each in self.arrived if (each.name, each.id) not in taken]
        for effect in decided.effects:
            if isinstance(effect, AskApprover):
                self.happens(ApproverAsked(effect.key, effect.seat, (BOB, CAROL)))
        self.offered, self.kept_before = found  # by this event, and not by what it led to
        return decided

    def decided(self, event: Event) -> Decided:
        """As the runtime does: events and answers are looked up when the core asks."""
        world = Pinned(self.definition, 1, large=self.large)
        while True:
            try:
                return decide(self.state, event, Now(self.now, self.now), world)
            except MissingValues as missing_values:
                found_apart = {digest: self.apart[digest] for digest in missing_values.digests}
                world = replace(world, values={**world.values, **found_apart})
            except MissingAnswers as unknown:
                found_now = {key: self.kept.get(key) for key in unknown.keys}
                world = replace(world, answers={**world.answers, **found_now})
            except MissingEvents as missing:
                found = tuple(event for event in self.arrived if (event.name, event.key) == (missing.name, missing.key))
                world = replace(world, arrived={**world.arrived, (missing.name, missing.key): found})

    def starts(self, items: Sequence[float] = (1.0, 2.0, 3.0)) -> Decided:
        given = {"yes": True, "no": False, "n": 7.0, "items": list(items)}
        decided = self.happens(Started(given, "manual", "K-1"))
        assert decided is not None
        return decided

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    def fires_what_is_due(self) -> None:
        """As the sweeper does: the earliest first, until nothing is due."""
        while due := [timer for timer in self.state.armed() if timer.due_at <= self.now]:
            timer = min(due, key=lambda each: each.due_at)
            self.happens(TimerFired(timer.name, timer.generation, (BOB,)))

    def decides(
        self,
        key: str,
        outcome: str,
        *,
        undo: bool = False,
        received_at: datetime | None = None,
        by: PersonRef = ALICE,
        n: float = 8.0,
    ) -> Decided | None:
        until = self.now + timedelta(seconds=10) if undo else None
        return self.happens(DecisionGiven(key, outcome, {"n": n}, by, received_at or self.now, until))

    @property
    def folded(self) -> RunState:
        """The state as the stored audit events give it, once through JSON and back."""
        return fold(RunState(id="r1"), [stored(change) for change in self.changes])


def stored(change: Change) -> Change:
    data, values = json.loads(json.dumps([change.data, change.values], allow_nan=False))
    return Change(change.kind, datetime.fromisoformat(change.at.isoformat()), data, values)


class Surroundings:
    """What happens to a run: mostly what its state asks for, now and then something stale, wrong or too late."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def does(self, player: Player) -> Event:
        sensible = [event for step in player.state.steps.values() if step.is_open for event in self._for(step, player)]
        sensible += [self._firing(timer) for timer in player.state.armed() if timer.due_at <= player.now] * 3
        if player.state.paused_at is not None and self._chance.random() < 0.3:
            return ResumeRequested()
        if not sensible or self._chance.random() < 0.2:
            return self._mischief(player)
        return self._chance.choice(sensible)

    def _for(self, step: StepState, player: Player) -> list[Event]:
        if step.status == "ready":
            until = player.now + timedelta(seconds=30)
            deferred = AttemptDeferred(step.path, "tool:t", self._chance.choice(["rate", "breaker"]), until)
            return [*[AttemptLeased(step.path, "worker")] * 6, deferred]
        if step.status == "limited":
            return [LimitLifted(step.path)]
        if step.status == "running":
            return self._ends_of(step.path, step.attempts)
        if step.kind == "wait" and step.status == "waiting" and step.input is not None:
            return [self._event(step.path, step.input["key"], player)] * 2
        if step.kind == "workflow" and step.status == "waiting":
            return [self._ended(step.path, step.attempts)] * 2
        if step.kind == "undo" and step.status == "waiting":
            return [ChildUndone(step.path.removesuffix("~undo"), "r2")] * 2
        if step.review is not None and step.review["status"] == "open":
            votes = step.review.get("votes") or ()
            back = [DecisionTakenBack(step.review["key"], PersonRef(**votes[-1]["by"]))] if votes else []
            return [self._decision(player, step.review) for _ in range(2)] + self._pauses(player, step.review) + back
        if step.review is not None and step.review["status"] == "decided":
            return [DecisionTakenBack(step.review["key"], ALICE)] * 2
        return []

    def _ends_of(self, path: str, number: int) -> list[Event]:
        allowed = self._chance.choice(["retry", "reconcile", "ask"])
        wait = self._chance.random()
        kinds = ("transient", "permanent", "ambiguous")
        errors = [{"class": kind, "code": "c", "message": "m"} for kind in kinds]
        failures: list[Event] = [AttemptFailed(path, number, error, allowed, wait) for error in errors]
        return [
            *[AttemptSucceeded(path, number, {"ok": True})] * 6,
            *failures,
            AttemptLost(path, number, allowed, wait),
            AttemptReturned(path, number),
        ]

    def _pauses(self, player: Player, review: Mapping[str, Any]) -> list[Event]:
        key, stops = review["key"], self._chance.random() < 0.6
        until = (
            player.now + timedelta(seconds=self._chance.choice([60, 5_000])) if self._chance.random() < 0.5 else None
        )
        level = LevelCalled(key, self._chance.choice([0, 1]), (BOB,), ALICE)
        outage: list[Event] = [OutageBegan(key, "Down", "Carol"), OutageEnded(key, "Carol")]
        return [ReviewPaused(key, "asked", until, stops, ALICE), ReviewResumed(key, ALICE), *outage, level]

    def _decision(self, player: Player, review: Mapping[str, Any]) -> DecisionGiven:
        until = player.now + timedelta(seconds=10) if self._chance.random() < 0.5 else None
        received = player.now - timedelta(seconds=self._chance.choice([0, 0, 0, 5, 4_000]))
        by = self._chance.choice([ALICE, BOB, CAROL]) if "approvals" in review else ALICE
        return DecisionGiven(review["key"], self._chance.choice(review["outcomes"]), {"n": 9.0}, by, received, until)

    def _ended(self, path: str, number: int) -> ChildEnded:
        status = self._chance.choice(["succeeded", "succeeded", "failed", "cancelled"])
        run = self._chance.choice(["r2", "r2", "r2", None]) if status == "failed" else "r2"
        draw, undoes = self._chance.random(), self._chance.random() < 0.5
        return ChildEnded(path, number, run, status, "done", {"ok": True}, None, draw, undoes)

    def _event(self, path: str, key: str, player: Player) -> EventArrived:
        id_ = str(len(player.changes))
        return EventArrived(path, "e", key, id_, {"n": 1.0}, player.now)

    def _firing(self, timer: TimerState) -> TimerFired:
        return TimerFired(timer.name, timer.generation, (BOB,))

    def _mischief(self, player: Player) -> Event:
        """Also on steps, reviews and timers that are done with."""
        state = player.state
        step = self._chance.choice(list(state.steps.values()))
        number = step.attempts + self._chance.choice([-1, 0, 1])
        key = step.review["key"] if step.review is not None else step.path
        decision = DecisionGiven(
            key, self._chance.choice(["approve", "retry", "nonsense"]), {}, ALICE, player.now, None
        )
        if self._chance.random() < 0.1:
            player.arrived.append(Arrived("e", "7", f"early-{len(player.changes)}", {}, player.now))
        any_of: list[Event] = [
            self._event(step.path, "7", player),
            self._ended(step.path, number),
            LimitLifted(step.path),
            ChildUndone(step.path.removesuffix("~undo"), "r2"),
            AttemptLeased(step.path, "other"),
            decision,
            DecisionTakenBack(key, ALICE),
        ]
        any_of += [*self._ends_of(step.path, number), AttemptLeased("nowhere", "w"), TimerFired("nowhere:retry", 1)]
        for timer in state.timers.values():
            any_of += [self._firing(timer), TimerFired(timer.name, timer.generation - 1)]
        if self._chance.random() < 0.1:
            return PauseRequested("wait") if self._chance.random() < 0.5 else ResumeRequested()
        if self._chance.random() < 0.05:
            return CancelRequested("enough")
        return self._chance.choice(any_of)

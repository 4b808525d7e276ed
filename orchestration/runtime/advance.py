"""One event, one transaction: lock, decide, save, audit, ask the desk; hints to workers only after the commit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from orchestration.core import approving
from orchestration.core.decide import Decided, decide
from orchestration.core.deciding import MissingAnswers, MissingEvents, MissingPolicy, MissingValues, Policy, World
from orchestration.core.effects import (
    AskApprover,
    AwaitEvent,
    CallStep,
    CancelChild,
    ChildFollows,
    CloseReview,
    ContinueRun,
    Effect,
    EmitEvent,
    EscalateReview,
    GoOnReview,
    KeepAnswer,
    LateRun,
    OpenReview,
    PersonRef,
    RenameReview,
    ResumeReview,
    RunEnded,
    ShowApprovals,
    StandStillReview,
    StartChild,
    TakeEvent,
    UndoChild,
    WarnReview,
    WithdrawReview,
)
from orchestration.core.events import ApproverAsked, Event, Now, Started, TimerFired
from orchestration.core.parts import MissingSteps, around
from orchestration.core.paths import subject_of
from orchestration.core.state import RunState, TimerState
from orchestration.models import Attempt, Run, Timer
from orchestration.ports import SYSTEM, Actor, Closing, bound, clock, human_tasks, policies
from orchestration.runtime import answers, hints, inbox, standstills, values
from orchestration.runtime.continuing import next_run
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.store import Held, Rows, Saving, hold, hold_many, read_more, save_many


def advance(run_id: Any, event: Event, actor: Actor = SYSTEM, about: str | None = None) -> RunState:
    """Takes the run one event further, in a transaction of its own or in the caller's. `about`: the step's path."""
    with transaction.atomic():
        held = hold(run_id, about)
        commit(held, consider(held, event), actor)
        return held.state


def consider(held: Held, event: Event, at: Now | None = None) -> Decided:
    """Decides without writing, as of now or of another moment. What the core has to know beside is loaded when it
    asks."""
    world = World(definition_of(held.row.version), held.row.version.number, values=held.values)
    while True:
        try:
            return _noted(held, decide(held.state, event, at or now(), world))
        except MissingValues as missing:
            held.values |= values.load_to_decide(held.row.id, missing.digests)
        except MissingPolicy as missing:
            world = _with_policy(world, missing)
        except MissingEvents as missing:
            found = inbox.arrived(held.row, missing)
            world = replace(world, arrived={**world.arrived, (missing.name, missing.key): found})
        except MissingAnswers as missing:
            world = replace(world, answers={**world.answers, **answers.newest(missing.keys)})

        except MissingSteps as missing:
            read_more(held, missing.wanted)


def _noted(held: Held, decided: Decided) -> Decided:
    """What is decided next in this transaction may read large values that are not written yet."""
    held.values |= {digest: json.loads(text) for digest, text in decided.apart.items()}
    return decided


def now() -> Now:
    return Now(clock().process_now(), clock().system_now())


def _with_policy(world: World, missing: MissingPolicy) -> World:
    if missing.kind == "calendar":
        calendar = policies().calendar(missing.name)
        return replace(world, calendars={**world.calendars, missing.name: calendar})
    load = policies().sla_policy if missing.kind == "sla" else policies().escalation_policy
    named = load(missing.name)
    policy = Policy(named.name, named.version, named.body)
    return replace(world, policies={**world.policies, (missing.kind, missing.name): policy})


def commit(held: Held, decided: Decided, actor: Actor, *, taken: Iterable[str] = ()) -> None:
    """Writes a decision and does what it asks for. Steps in `taken` were leased already and need no hint."""
    commit_many([(held, decided, actor)], taken=[(held.row.id, path) for path in taken])


def commit_many(batch: Iterable[Saving], *, taken: Iterable[tuple[Any, str]] = (), rows: Rows | None = None) -> None:
    """As `commit` for several runs, each at most once: everything is written together, with `rows` beside it."""
    changed = [saving for saving in batch if saving[1].changes]
    unwanted = [(held.row.id, path) for held, decided, _ in changed for path in _unwanted(held, decided)]
    save_many(changed, rows)
    for run_id, path in unwanted:
        _end_attempt(run_id, path)
    leased = frozenset(taken)
    # Hints first: what the desk has to say after the commit must not keep a worker waiting.
    for held, decided, _ in changed:
        for effect in decided.effects:
            if isinstance(effect, CallStep) and (held.row.id, effect.path) not in leased:
                queue = hints.queue_of(definition_of(held.row.version).at(effect.path))
                transaction.on_commit(partial(hints.send, str(held.row.id), effect.path, queue), robust=True)
    _opened(changed)
    clocks = []
    for held, decided, _ in changed:
        if standstills.is_all_of(decided):
            clocks += [(str(held.row.id), effect) for effect in decided.effects]
        else:
            for effect in decided.effects:
                _carry_out(held, effect)
    standstills.tell(clocks)
    if changed:
        transaction.on_commit(partial(_observed, [str(held.row.id) for held, _, _ in changed]), robust=True)
    _closed(changed)


def _unwanted(held: Held, decided: Decided) -> Iterator[str]:
    """Steps that were cancelled while a call for them was under way."""
    for path in decided.touched_steps:
        known = held.stored.steps.get(path)
        if known is not None and known.status == "running" and decided.state.steps[path].status == "cancelled":
            yield path


def _end_attempt(run_id: Any, path: str) -> None:
    """Its worker may ask whether it is still wanted; what it answers is not taken."""
    running = Attempt.objects.filter(run_id=run_id, path=path, status=Attempt.Status.RUNNING)
    running.update(status=Attempt.Status.CANCELLED, ended_at=clock().system_now())


def _opened(changed: Iterable[Saving]) -> None:
    """Reviews of all runs at once, before anything else is said about them."""
    effects = (effect for _, decided, _ in changed for effect in decided.effects)
    if requests := [effect.request for effect in effects if isinstance(effect, OpenReview)]:
        human_tasks().open_many(requests)


def _closed(changed: Iterable[Saving]) -> None:
    """Reviews of all runs at once, after everything else that was said about them."""
    closings = [
        Closing(str(held.row.id), effect.key, effect.outcome, effect.at, effect.unanswered)
        for held, decided, _ in changed
        for effect in decided.effects
        if isinstance(effect, CloseReview)
    ]
    if closings:
        human_tasks().close_many(closings)


class Decisions:
    """Decisions on several runs, and any number of them on each, to be written at once."""

    def __init__(self) -> None:
        self._of: dict[Any, tuple[Held, list[Decided]]] = {}

    def decide(self, held: Held, event: Event) -> Decided:
        """Raises what the core raises, and then nothing has changed."""
        decided = consider(held, event)
        held.state = decided.state
        self._of.setdefault(held.row.id, (held, []))[1].append(decided)
        return decided

    def made(self, actor: Actor) -> list[Saving]:
        return [(held, _as_one(decided), actor) for held, decided in self._of.values()]


def _as_one(decided: Sequence[Decided]) -> Decided:
    if len(decided) == 1:
        return decided[0]
    return Decided(
        decided[-1].state,
        tuple(change for each in decided for change in each.changes),
        tuple(effect for each in decided for effect in each.effects),
        tuple(dict.fromkeys(path for each in decided for path in each.touched_steps)),
        tuple(dict.fromkeys(name for each in decided for name in each.touched_timers)),
        {digest: text for each in decided for digest, text in each.apart.items()},
    )


def _observed(run_ids: Sequence[str]) -> None:
    if bound.observer is not None:
        bound.observer.runs_changed(run_ids)


def _carry_out(held: Held, effect: Effect) -> None:
    match effect:
        case CallStep() | KeepAnswer():
            pass  # hinted already; written with the step
        case AwaitEvent() | TakeEvent() | EmitEvent() | RunEnded():
            inbox.carry_out(held.row, effect)
        case StartChild() | CancelChild() | UndoChild() | ChildFollows():
            inbox.carry_out(held.row, effect)
        case ContinueRun(given):
            _continue(held.row, given)
        case AskApprover():
            _ask_approver(held, effect)
        case _:
            _tell_desk(str(held.row.id), effect)


def _ask_approver(held: Held, effect: AskApprover) -> None:
    """Settles, in the same transaction, whom the desk would ask: nobody who has decided already."""
    step = held.state.steps.get(effect.key)
    if step is None or step.review is None or step.review["status"] != "open":
        return
    without = approving.not_again(step.review)
    people = human_tasks().people_for(str(held.row.id), effect.key, effect.to, without)
    commit(held, consider(held, ApproverAsked(effect.key, effect.seat, people)), SYSTEM)


def _tell_desk(run_id: str, effect: Effect) -> None:
    match effect:
        case WithdrawReview(key, reason, at):
            human_tasks().withdraw(run_id, key, reason, at)
        case WarnReview(key, stage, at):
            human_tasks().warn(run_id, key, stage, at)
        case ResumeReview(key, at, instants, by):
            human_tasks().resume(run_id, key, at, instants, by)
        case ShowApprovals(key, approvals, asked, at):
            human_tasks().show_approvals(run_id, key, approvals, asked, at)
        case LateRun():
            human_tasks().run_late(run_id, effect)
        case EscalateReview(key, level):
            human_tasks().escalate(run_id, key, level)
        case RenameReview(key, to, step_id):
            human_tasks().rename(run_id, key, to, step_id)
        case StandStillReview() | GoOnReview():
            standstills.tell([(run_id, effect)])


def _continue(row: Run, given: Mapping[str, Any]) -> None:
    """The next run of a chain begins in the transaction in which this one ends, so its key is never free between."""
    following = next_run(row, given)
    held = Held(following, RunState(id=str(following.id)))
    commit(held, consider(held, Started(following.input, following.source, following.business_key)), SYSTEM)


# ---- timers ------------------------------------------------------------------------------------


def fire(run_id: Any, name: str, generation: int) -> None:
    """Tells a run that one of its timers is due. Whom an escalation reaches is settled here, once."""
    with transaction.atomic():
        held = hold(run_id, about=subject_of(name))
        fire_held(held, name, generation)


def fire_many(due: Iterable[tuple[Any, str, int]]) -> None:
    """As `fire` for timers of many runs, in one transaction. Where one fails, none has fired."""
    with transaction.atomic():
        timers = list(due)
        about: dict[Any, list[str]] = {}
        for run_id, name, _ in timers:
            about.setdefault(run_id, []).append(subject_of(name))
        held = {held.row.id: held for held in hold_many(about)}
        decisions = Decisions()
        for run_id, name, generation in timers:
            if run_id in held:
                decisions.decide(held[run_id], _fired(held[run_id], name, generation))
        commit_many(decisions.made(SYSTEM))


def fire_held(held: Held, name: str, generation: int) -> None:
    commit(held, consider(held, _fired(held, name, generation)), SYSTEM)


def _fired(held: Held, name: str, generation: int) -> TimerFired:
    timer = held.state.timers.get(name)
    return TimerFired(name, generation, _people_for(held, timer) if timer is not None else ())


def fire_due(held: Held, before: datetime) -> None:
    """Fires what was due on process time before an act was received, in the order of the due times."""
    _read_due(held, before)
    due = [timer for timer in held.state.armed() if timer.clock == "process" and timer.due_at < before]
    for timer in sorted(due, key=_due_at):
        fire_held(held, timer.name, timer.generation)


def _read_due(held: Held, before: datetime) -> None:
    """Where only a part of the run is held: what else of it is due."""
    if held.state.part is None:
        return
    armed = Timer.objects.filter(run=held.row, clock=Timer.Kind.PROCESS, status=Timer.Status.ARMED, due_at__lt=before)
    for name in armed.values_list("name", flat=True):
        if not held.state.part.has(subject_of(name)):
            read_more(held, around(subject_of(name)))


def _due_at(timer: TimerState) -> datetime:
    return timer.due_at


def _people_for(held: Held, timer: TimerState) -> tuple[PersonRef, ...]:
    key, _, what = timer.name.rpartition(":")
    if not what.startswith("level.") or timer.status != "armed":
        return ()
    step = held.state.steps.get(key.partition("!")[0])
    if step is None or step.review is None:
        return ()
    index = int(what.removeprefix("level."))
    target = next(level["to"] for level in step.review["levels"] if level["index"] == index)
    return human_tasks().people_for(str(held.row.id), key, target)

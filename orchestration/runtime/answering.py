"""The door through which decisions on reviews and incidents reach the engine, whatever channel they came by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from orchestration.core import approving
from orchestration.core.approving import is_revealed
from orchestration.core.changes import Change
from orchestration.core.events import (
    ApproverAsked,
    DecisionGiven,
    DecisionTakenBack,
    LevelCalled,
    ReviewPaused,
    ReviewResumed,
)
from orchestration.core.paths import path_of
from orchestration.core.state import RunState
from orchestration.exceptions import InvalidTransition
from orchestration.ports import SYSTEM, Actor, PersonRef, clock, human_tasks
from orchestration.runtime.advance import commit, consider, fire_due
from orchestration.runtime.given_results import checked_fields
from orchestration.runtime.loading import lock_known, lock_runs
from orchestration.runtime.store import hold, lock, record, record_many


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision that counts from `undo_until` on (system time; None: at once). `received_at` is process time.

    Where several decide, it is one of them (`seat`), and `settled` says whether the review has its outcome by it.
    """

    received_at: datetime
    undo_until: datetime | None
    seat: int = 0
    settled: bool = True
    outcome: str = ""  # of the review, where it is settled


def hold_run(run_id: Any) -> None:
    """Locks the run: the first lock of every transaction that touches its reviews. Raises `NotFound`."""
    lock(run_id)


def hold_free_runs(run_ids: Iterable[Any]) -> frozenset[UUID]:
    """As `hold_run` for several, but waits for nobody: gives those that nobody else holds. All belong to this
    transaction from here on."""
    return frozenset(lock_known(run_ids, wait=False))


def decide_review(
    *, run_id: Any, key: str, outcome: str, fields: Mapping[str, Any], actor: Actor, undo_seconds: float
) -> Standing:
    """Takes a decision. It is received when the run's lock is held, so timers that were due before it go first.

    Raises `InvalidTransition` (also where such a timer has just ended the review), `InvalidResult` and `NotFound`.
    """
    with _transaction():
        held = hold(run_id, about=path_of(key))
        received_at = clock().process_now()
        fire_due(held, received_at)
        fields = checked_fields(held, key, outcome, fields)
        until = clock().system_now() + timedelta(seconds=undo_seconds) if undo_seconds > 0 else None
        event = DecisionGiven(key, outcome, fields, PersonRef(actor.id, actor.label), received_at, until)
        commit(held, consider(held, event), actor)
        return _standing(held.state, key, received_at, until)


def _standing(state: RunState, key: str, received_at: datetime, until: datetime | None) -> Standing:
    review = state.steps[path_of(key)].review or {}
    votes, decision = review.get("votes") or (), review.get("decision") or {}
    settled = bool(decision) or review.get("status") != "open"
    if votes and is_revealed(review):
        until = None
    return Standing(received_at, until, votes[-1]["seat"] if votes else 0, settled, decision.get("outcome", ""))


def take_back_decision(*, run_id: Any, key: str, actor: Actor) -> None:
    """Reopens a review within its undo window and arms its timers at their old instants."""
    with transaction.atomic():
        held = hold(run_id, about=path_of(key))
        commit(held, consider(held, DecisionTakenBack(key, PersonRef(actor.id, actor.label))), actor)


def pause_review(
    *, run_id: Any, key: str, why: str, actor: Actor, stops_clock: bool, until: datetime | None = None
) -> datetime:
    """Lets a review wait for something else (`why`: asked, snoozed), at most until `until` (process time).

    Returns since when. Timers that were due before go first. Raises `InvalidTransition` and `NotFound`.
    """
    with transaction.atomic():
        held = hold(run_id, about=path_of(key))
        at = clock().process_now()
        fire_due(held, at)
        event = ReviewPaused(key, why, until, stops_clock, PersonRef(actor.id, actor.label))
        commit(held, consider(held, event), actor)
        return at


def resume_review(*, run_id: Any, key: str, actor: Actor, how: str = "taken_up") -> None:
    """Ends a pause: what was left of the review's clocks is left now. `how`: taken_up by a colleague, or answered."""
    with transaction.atomic():
        held = hold(run_id, about=path_of(key))
        commit(held, consider(held, ReviewResumed(key, PersonRef(actor.id, actor.label), how)), actor)


def ask_again(*, run_id: Any, key: str, instead_of: str) -> None:
    """Where several decide: settles anew whom the seats are for that were `instead_of`'s, who has gone away."""
    with transaction.atomic():
        held = hold(run_id, path_of(key))
        review = held.state.steps[path_of(key)].review or {}
        for seat, to in approving.seats_of(review, instead_of):
            without = (*approving.not_again(review), instead_of)
            people = human_tasks().people_for(str(run_id), key, to, without)
            commit(held, consider(held, ApproverAsked(key, seat, people)), SYSTEM)


def call_level(*, run_id: Any, key: str, actor: Actor) -> int:
    """Reaches the next level of a review's escalation now. Returns its index.

    Raises `InvalidTransition` where no level is left.
    """
    with transaction.atomic():
        held = hold(run_id, about=path_of(key))
        fire_due(held, clock().process_now())
        level = _next_level(held.state, key)
        if level is None:
            raise InvalidTransition(f"The review {key} cannot be escalated: no level is left.")
        people = human_tasks().people_for(str(held.row.id), key, level["to"])
        event = LevelCalled(key, level["index"], people, PersonRef(actor.id, actor.label))
        commit(held, consider(held, event), actor)
        return int(level["index"])


def _next_level(state: RunState, key: str) -> Mapping[str, Any] | None:
    step = state.steps.get(key.partition("!")[0])
    review = step.review if step is not None else None
    if review is None or review["key"] != key:
        return None
    stopped = [(review.get(why) or {}).get("held", {}) for why in ("paused", "outage")]
    held = {name for names in stopped for name in names if not _has_fired(state, f"{key}:{name}")}
    armed = {timer.name for timer in state.armed()}
    left = [
        level
        for level in review.get("levels", ())
        if f"{key}:level.{level['index']}" in armed or f"level.{level['index']}" in held
    ]
    return min(left, key=_reached_at, default=None)


def _has_fired(state: RunState, name: str) -> bool:
    timer = state.timers.get(name)
    return timer is not None and timer.status == "fired"


def _reached_at(level: Mapping[str, Any]) -> tuple[datetime, int]:
    return datetime.fromisoformat(level["at"]), level["index"]


def record_run_event(
    *, run_id: Any, kind: str, data: Mapping[str, Any], actor: Actor, values: Mapping[str, Any] | None = None
) -> None:
    """A fact of the desk's in the run's audit chain. It changes nothing in the engine."""
    _require_the_desks(kind)
    with _transaction():
        record(lock(run_id), Change(kind, clock().process_now(), data, values), actor)


def record_run_events(*, kind: str, events: Iterable[tuple[UUID, Mapping[str, Any]]], actor: Actor) -> None:
    """As `record_run_event` for several, each with its run, which the caller has locked: two statements."""
    _require_the_desks(kind)
    at, events = clock().process_now(), list(events)
    with _transaction():
        rows = {row.id: row for row in lock_runs({run_id for run_id, _ in events})}
        record_many([(rows[run_id], Change(kind, at, data)) for run_id, data in events], actor)


def _require_the_desks(kind: str) -> None:
    if not kind.startswith("desk."):
        raise ValueError(f"{kind!r}: the desk's kinds begin with 'desk.'.")


def _transaction() -> AbstractContextManager[Any]:
    """The caller's where there is one: what fails here ends that one too, so a savepoint would save nothing."""
    return nullcontext() if transaction.get_connection().in_atomic_block else transaction.atomic()

"""The clocks of many reviews stopped for an outage, and started again: each decided for itself, written together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from orchestration.core.events import Event, OutageBegan, OutageEnded
from orchestration.core.paths import path_of
from orchestration.exceptions import InvalidTransition
from orchestration.models import Timer
from orchestration.ports import Actor, clock
from orchestration.runtime.advance import Decisions, commit_many, fire_due
from orchestration.runtime.store import Held, hold_many

Review = tuple[UUID, str]  # its run and its key


def begin_outage(*, reviews: Iterable[Review], reason: str, by: str, actor: Actor) -> frozenset[Review]:
    """Stops the clocks of reviews, which may still be decided. Timers that were due before go first.

    Gives those whose clocks have stopped by it; others have moved on, or stand still for another reason.
    """
    with transaction.atomic():
        held = _hold(reviews := list(reviews))
        _fire_due(held, clock().process_now())
        return _decide(held, reviews, lambda key: OutageBegan(key, reason, by), actor)


def end_outage(*, reviews: Iterable[Review], by: str, actor: Actor) -> frozenset[Review]:
    """What was left of each review's clocks is left now. Gives those whose clocks go on by it."""
    with transaction.atomic():
        held = _hold(reviews := list(reviews))
        return _decide(held, reviews, lambda key: OutageEnded(key, by), actor)


def _hold(reviews: Iterable[Review]) -> dict[UUID, Held]:
    about: dict[Any, list[str]] = {}
    for run_id, key in reviews:
        about.setdefault(run_id, []).append(path_of(key))
    return {held.row.id: held for held in hold_many(about)}


def _fire_due(held: dict[UUID, Held], before: datetime) -> None:
    """Of the runs that have something due, which are few: whatever was due has been fired by the sweeper."""
    armed = Timer.objects.filter(clock=Timer.Kind.PROCESS, status=Timer.Status.ARMED, due_at__lt=before)
    for run_id in sorted(set(armed.filter(run__in=list(held)).values_list("run_id", flat=True))):
        fire_due(held[run_id], before)


def _decide(
    held: dict[UUID, Held], reviews: Iterable[Review], event: Callable[[str], Event], actor: Actor
) -> frozenset[Review]:
    decisions, done = Decisions(), set()
    for run_id, key in reviews:
        if run_id not in held:
            continue
        try:
            decisions.decide(held[run_id], event(key))
        except InvalidTransition:
            continue
        done.add((run_id, key))
    commit_many(decisions.made(actor))
    return frozenset(done)

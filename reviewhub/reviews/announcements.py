"""What the desk tells the layers above it, without knowing them.

`Fact`s are told inside the transaction, so that what somebody writes because of them commits with them;
changes are told after the commit and may be lost: they only say "look again".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

if TYPE_CHECKING:
    from orchestration.ports import LateRun
    from reviewhub.accounts.models import Person
    from reviewhub.reviews.models import ReviewTask


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a task. `kind`: opened, claimed, released, decided, taken_back, commented, warned,
    escalated, closed, withdrawn, asked, snoozed, resumed, question, answered, delegated, undelegated, declined,
    stands_still, goes_on, renamed, voted (one of several has decided), approval (one of several is asked),
    given (the queue, or a lead, has found somebody), stood_in (what somebody had who is away has gone on),
    nudged (somebody who waits for it reminded those who have it)."""

    kind: str
    task: ReviewTask
    at: datetime  # process time
    by: Person | None = None
    people: tuple[
        Person, ...
    ] = ()  # whom it is about: those asked, who held it, who set it aside, whom it was given to
    details: dict[str, Any] = field(
        default_factory=dict
    )  # warned: {"stage"}; escalated: {"level", "to", "mode"}; withdrawn, declined: {"reason"}; question: {"request"}


@dataclass(frozen=True, slots=True)
class LateFact:
    """The time of a step that is no review, or of a whole run, is running out or over."""

    run: Any  # of orchestration.api.runs(), with its workflow
    late: LateRun


Told = Callable[[Fact], None]
ToldTogether = Callable[[Sequence[Fact]], None]
Changed = Callable[[Fact], None]
ToldLate = Callable[[LateFact], None]
QueueChanged = Callable[[int], None]

_told: dict[Told, ToldTogether | None] = {}
_told_late: list[ToldLate] = []
_changed: list[Changed] = []
_queue_changed: list[QueueChanged] = []


def when_told(listener: Told, together: ToldTogether | None = None) -> None:
    """Call `listener` with every fact, inside the desk's transaction. It must not call outside. `together` is called
    instead where many are told at once: it takes a fixed number of statements."""
    _told[listener] = together


def when_changed(listener: Changed) -> None:
    """Call `listener` after the commit of every change. Must be quick; what it raises is logged."""
    if listener not in _changed:
        _changed.append(listener)


def when_queue_changed(listener: QueueChanged) -> None:
    """Call `listener` with a queue's id after the commit of what a lead did to it. Must be quick."""
    if listener not in _queue_changed:
        _queue_changed.append(listener)


def announce_queue(queue_id: int) -> None:
    for listener in _queue_changed:
        transaction.on_commit(partial(listener, queue_id), robust=True)


def when_told_late(listener: ToldLate) -> None:
    """As `when_told`, of runs and steps."""
    if listener not in _told_late:
        _told_late.append(listener)


def announce_late(fact: LateFact) -> None:
    for listener in _told_late:
        listener(fact)


def announce(fact: Fact) -> None:
    for listener in _told:
        listener(fact)
    transaction.on_commit(partial(_tell_changed, fact), robust=True)


def announce_all(facts: Sequence[Fact]) -> None:
    for listener, together in _told.items():
        if together is not None:
            together(facts)
        else:
            for fact in facts:
                listener(fact)
    for fact in facts:
        transaction.on_commit(partial(_tell_changed, fact), robust=True)


def _tell_changed(fact: Fact) -> None:
    for listener in _changed:
        listener(fact)

"""Who is given what: the pure rule. No database, no clock.

Tasks are gone through in the order of their urgency. Each goes to whoever fits and whose turn it is, or waits; one
that nobody fits keeps none that follow from being given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Hands:
    """Somebody who may be given tasks. `turn` orders those who have waited: the lowest is next."""

    person: int
    names: frozenset[str]  # address and user name, in lower case
    skills: frozenset[str]
    held: int  # of the queue
    minutes: float  # predicted, of all that waits with them
    turn: float


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """A task that nobody has."""

    task: T
    skills: frozenset[str]
    excluded: frozenset[str]  # addresses and user names
    never: frozenset[int] = field(default_factory=frozenset)  # people: they have declined it, or decided already
    rather_not: int | None = None  # it was given to them, and they let it lie


Rank = Callable[[Hands], tuple[float, ...]]


def by_turn(hands: Hands) -> tuple[float, ...]:
    return (hands.turn, hands.person)


def by_load(hands: Hands) -> tuple[float, ...]:
    """The least predicted minutes; among equals whose turn it is."""
    return (hands.minutes, hands.turn, hands.person)


def share_out(
    offers: Iterable[Offer[T]],
    hands: Sequence[Hands],
    *,
    cap: int,
    rank: Rank,
    minutes: Callable[[T, int], float],
) -> Iterator[tuple[T, int]]:
    """Pairs of a task and the person (id) it goes to. `minutes`: predicted, for a task and a person.

    `hands` are changed as they are given tasks. Ends as soon as nobody has room.
    """
    latest = max((each.turn for each in hands), default=0.0)
    for offer in offers:
        room = [each for each in hands if each.held < cap]
        if not room:
            return
        fit = [each for each in room if fits(offer, each)]
        rather = [each for each in fit if each.person != offer.rather_not] or fit
        if rather:
            chosen = min(rather, key=rank)
            latest += 1
            chosen.held, chosen.turn = chosen.held + 1, latest
            chosen.minutes += minutes(offer.task, chosen.person)
            yield offer.task, chosen.person


def fits(offer: Offer[T], hands: Hands) -> bool:
    allowed = hands.person not in offer.never and not offer.excluded & hands.names
    return allowed and offer.skills <= hands.skills

"""How alike the people of a queue decide: for those who lead it, and for everybody about themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from django.db.models import Count, Q, QuerySet

from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, roles_of
from reviewhub.reviews.looks.agreement import Agreement, Share, agreement_of, share_of
from reviewhub.reviews.models import Decision, KnownAnswer, Queue, SecondLook
from reviewhub.reviews.roles import owned_workflows

LATEST = 1000  # looks that a figure is taken from
TIMED = 100  # decisions of one person that their median is taken from
ENOUGH_TIMES = 10
LONGEST = 7_200.0  # seconds: a page that was left open says nothing about the work

UNKNOWN = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who have looked at the same cases, by name, and how alike they decided."""

    people: tuple[str, str]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Timed:
    """The median of somebody's latest decisions; None where there are too few. Never in the order of quickness."""

    name: str
    decisions: int
    seconds: float | None
    opened: Share = UNKNOWN  # decisions before which all of the case's evidence came into view, where that is known
    in_view: float | None = None  # for how many seconds any of it was, usually


@dataclass(frozen=True, slots=True)
class QueueQuality:
    queue: Queue
    agreement: Agreement
    pairs: tuple[Pair, ...]
    known: Share
    known_answers: tuple[KnownAnswer, ...]
    waiting: int  # looks that nobody has taken yet
    times: tuple[Timed, ...]


@dataclass(frozen=True, slots=True)
class OwnQuality:
    """One person's: how often a second look agreed with them, their known answers, how long they take."""

    looked_at: Share
    known: Share
    time: Timed


def queues_read(person: Person) -> QuerySet[Queue]:
    """Those of which `person` may read this, by `quality.read`."""
    if roles_of(person) & VERBS["quality.read"].roles:
        return Queue.objects.select_related("looks_by", "looks_in")
    led = Queue.objects.select_related("looks_by", "looks_in")
    return led.filter(memberships__person=person, memberships__role="lead")


def quality_of(queue: Queue) -> QueueQuality:
    seconds = _compared(SecondLook.Kind.SECOND).filter(queue=queue)[:LATEST]
    pairs = [(look.first_by, look.by, look.expected, look.outcome) for look in seconds]
    known = list(_compared(SecondLook.Kind.KNOWN).filter(queue=queue)[:LATEST])
    return QueueQuality(
        queue=queue,
        agreement=agreement_of([(expected, outcome) for _, _, expected, outcome in pairs]),
        pairs=_pairs(pairs),
        known=share_of(sum(look.agrees for look in known), len(known)),
        known_answers=tuple(_known_answers(queue)),
        waiting=SecondLook.objects.filter(queue=queue, ended_at=None).count(),
        times=_times(queue),
    )


def own_quality(person: Person) -> OwnQuality:
    first = list(_compared(SecondLook.Kind.SECOND).filter(first_by=person)[:LATEST])
    known = list(_compared(SecondLook.Kind.KNOWN).filter(by=person)[:LATEST])
    return OwnQuality(
        looked_at=share_of(sum(look.agrees for look in first), len(first)),
        known=share_of(sum(look.agrees for look in known), len(known)),
        time=_timed(person, Decision.objects.all()),
    )


def _compared(kind: str) -> QuerySet[SecondLook]:
    """The latest first."""
    found = SecondLook.objects.filter(kind=kind).exclude(outcome="")
    return found.select_related("first_by", "by").order_by("-ended_at")


def _pairs(looks: Iterable[tuple[Any, Any, str, str]]) -> tuple[Pair, ...]:
    """By the names; who was first and who second is told apart in the figure, and not between pairs."""
    found: defaultdict[tuple[Person, Person], list[tuple[str, str]]] = defaultdict(list)
    for first, second, expected, outcome in looks:
        if first.pk < second.pk:
            found[first, second].append((expected, outcome))
        else:
            found[second, first].append((outcome, expected))
    shown = [Pair((one.display_name, other.display_name), agreement_of(each)) for (one, other), each in found.items()]
    return tuple(sorted(shown, key=lambda pair: pair.people))


def known_answers_for(person: Person) -> QuerySet[KnownAnswer]:
    """Of the queues whose quality `person` reads and of workflows that they own, with how often each was given."""
    of_theirs = Q(task__queue__in=queues_read(person).order_by()) | Q(task__workflow__in=owned_workflows(person))
    known = KnownAnswer.objects.filter(of_theirs).select_related("task__queue", "marked_by")
    return known.annotate(given=_given())


def _known_answers(queue: Queue) -> QuerySet[KnownAnswer]:
    known = KnownAnswer.objects.filter(task__queue=queue).select_related("task", "marked_by")
    return known.annotate(given=_given()).order_by("-marked_at")


def _given() -> Count:
    return Count("task__looks", filter=Q(task__looks__kind=SecondLook.Kind.KNOWN))


def _times(queue: Queue) -> tuple[Timed, ...]:
    people = Person.objects.filter(memberships__queue=queue, is_active=True).order_by("display_name", "pk")
    return tuple(_timed(person, Decision.objects.filter(task__queue=queue)) for person in people)


def _timed(person: Person, decisions: QuerySet[Decision]) -> Timed:
    own = decisions.filter(by=person, taken_back_at=None, seconds_spent__gt=0).order_by("-received_at")
    columns = ("seconds_spent", "evidence_pieces", "evidence_opened", "evidence_seconds")
    found = list(own.values_list(*columns)[:TIMED])
    told = [(pieces == opened, seconds) for _, pieces, opened, seconds in found if pieces]
    return replace(
        timed(person.display_name, [spent for spent, *_ in found]),
        opened=share_of(sum(every for every, _ in told), len(told)),
        in_view=_median([seconds for _, seconds in told]),
    )


def timed(name: str, seconds: Sequence[float | None]) -> Timed:
    sensible = [min(each, LONGEST) for each in seconds if each is not None]
    return Timed(name, len(sensible), _median(sensible))


def _median(seconds: Sequence[float | None]) -> float | None:
    """None where there are too few."""
    sensible = [min(each, LONGEST) for each in seconds if each is not None]
    return median(sensible) if len(sensible) >= ENOUGH_TIMES else None

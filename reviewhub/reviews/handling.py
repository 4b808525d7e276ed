"""Predicted handling times, from how long people took before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Q

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Decision, HandlingTime

UNKNOWN = 300.0  # seconds, while nobody has decided anything like it
LATEST = 100  # decisions that a median is taken from
ENOUGH = 10  # of one's own, before they count instead of everybody's
LONGEST = 7_200.0  # seconds: a page that was left open says nothing about the work
KINDS_AT_ONCE = 200

Kind = tuple[str, str]  # workflow, step


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is known of some people's times."""

    of_all: dict[Kind, HandlingTime]
    of_one: dict[tuple[Kind, int], HandlingTime]

    def seconds(self, workflow: str, step_id: str, person: int | None = None) -> float:
        own = self.of_one.get(((workflow, step_id), person)) if person is not None else None
        if own is not None and own.sample >= ENOUGH:
            return own.seconds
        known = self.of_all.get((workflow, step_id))
        return known.seconds if known is not None else UNKNOWN

    def minutes(self, workflow: str, step_id: str, person: int | None = None) -> float:
        return self.seconds(workflow, step_id, person) / 60


def expectations(people: Collection[int]) -> Expectations:
    """One query."""
    known = Expectations({}, {})
    for row in HandlingTime.objects.filter(Q(person__isnull=True) | Q(person__in=people)):
        kind = (row.workflow, row.step_id)
        if row.person_id is None:
            known.of_all[kind] = row
        else:
            known.of_one[kind, row.person_id] = row
    return known


def learn_handling_times() -> None:
    """Takes the medians anew of what was decided since they were last taken. Again and again: it forgets nothing."""
    now = ports.clock().system_now()
    last = HandlingTime.objects.order_by("-learned_at").values_list("learned_at", flat=True).first()
    timed = Decision.objects.filter(seconds_spent__gt=0, taken_back_at__isnull=True)
    if last is not None:  # an overlap, for what was being committed then
        timed = timed.filter(recorded_at__gt=last - timedelta(minutes=1))
    touched = timed.order_by().values_list("task__workflow", "task__step_id", "by").distinct()[:KINDS_AT_ONCE]
    found = list(touched)
    for workflow, step_id in {(workflow, step_id) for workflow, step_id, _ in found}:
        _learn((workflow, step_id), None, now)
    for workflow, step_id, person in found:
        _learn((workflow, step_id), person, now)


def _learn(kind: Kind, person: int | None, now: datetime) -> None:
    like_it = Decision.objects.filter(task__workflow=kind[0], task__step_id=kind[1], seconds_spent__gt=0)
    if person is not None:
        like_it = like_it.filter(by=person)
    taken = _sensible(like_it.order_by("-recorded_at").values_list("seconds_spent", flat=True)[:LATEST])
    if taken:
        HandlingTime.objects.update_or_create(
            workflow=kind[0],
            step_id=kind[1],
            person=Person(pk=person) if person is not None else None,
            defaults={"seconds": median(taken), "sample": len(taken), "learned_at": now},
        )


def _sensible(seconds: Iterable[float | None]) -> list[float]:
    return [min(each, LONGEST) for each in seconds if each is not None]

"""Who acts for somebody who is away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from orchestration import api
from reviewhub.accounts.models import Absence, Person


def standing_in(person: Person, at: datetime, may_act: Callable[[Person], bool]) -> Person | None:
    """The person, or whoever acts instead: the delegate of an absence, else the manager. See core/reaching.py."""
    return next(iter(all_standing_in([person], at, may_act)), None)


def all_standing_in(people: Iterable[Person], at: datetime, may_act: Callable[[Person], bool]) -> list[Person]:
    """Each of `people`, or whoever acts instead. One query for the absences of all of them, as many as they are."""
    known = _Known(at)
    wanted = known.meet(people)
    reached = [api.reached(pk, known.member, at, lambda other: may_act(known.people[other])) for pk in wanted]
    return [known.people[pk] for pk in reached if pk is not None]


class _Known:
    """People by their ids, each with the absences of the moment."""

    def __init__(self, at: datetime) -> None:
        self.people: dict[str, Person] = {}
        self._at = at
        self._away: defaultdict[str, list[api.Away]] = defaultdict(list)

    def meet(self, people: Iterable[Person]) -> Mapping[str, Person]:
        met = {str(person.pk): person for person in people}
        self.people |= met
        for absence in _absences(met.values(), self._at) if met else ():
            self._away[str(absence.person_id)].append(_away(absence))
        return met

    def member(self, pk: str) -> api.Member | None:
        if pk not in self.people:
            self.meet(Person.objects.filter(pk=pk))
        here = self.people.get(pk)
        return api.Member(_id(here.manager_id), tuple(self._away[pk]), here.is_active) if here else None


def _absences(people: Iterable[Person], at: datetime) -> list[Absence]:
    """Those of the moment; for each person one with a delegate first."""
    found = Absence.objects.filter(person__in=people, starts_at__lte=at, ends_at__gt=at).order_by("starts_at", "id")
    return sorted(found, key=lambda absence: absence.delegate_id is None)


def _away(absence: Absence) -> api.Away:
    return api.Away(absence.starts_at, absence.ends_at, _id(absence.delegate_id))


def _id(pk: int | None) -> str | None:
    return str(pk) if pk is not None else None

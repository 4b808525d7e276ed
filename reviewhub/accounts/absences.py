"""Who acts for somebody who is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from orchestration import api
from reviewhub.accounts.models import Absence, Person


def standing_in(person: Person, at: datetime, may_act: Callable[[Person], bool]) -> Person | None:
    """The person, or whoever acts instead: the delegate of an absence, else the manager. See core/reaching.py."""
    known: dict[str, Person] = {str(person.pk): person}

    def member(pk: str) -> api.Member | None:
        here = known.get(pk) or Person.objects.filter(pk=pk).first()
        if here is None:
            return None
        known[pk] = here
        away = tuple(_away(absence) for absence in _absences(here, at))
        return api.Member(_id(here.manager_id), away, here.is_active)

    found = api.reached(str(person.pk), member, at, lambda pk: may_act(known[pk]))
    return known[found] if found is not None else None


def _absences(person: Person, at: datetime) -> list[Absence]:
    """Those of the moment; one with a delegate first."""
    found = Absence.objects.filter(person=person, starts_at__lte=at, ends_at__gt=at).order_by("starts_at", "id")
    return sorted(found, key=lambda absence: absence.delegate_id is None)


def _away(absence: Absence) -> api.Away:
    return api.Away(absence.starts_at, absence.ends_at, _id(absence.delegate_id))


def _id(pk: int | None) -> str | None:
    return str(pk) if pk is not None else None

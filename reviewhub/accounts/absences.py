"""Who acts for somebody who is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from reviewhub.accounts.models import Absence, Person


def standing_in(person: Person, at: datetime, may_act: Callable[[Person], bool]) -> Person | None:
    """The person, or whoever acts instead: the delegate of an absence, else the manager of somebody who may not act.

    Nobody is asked twice, so a circle of delegates ends. None when the line ends.
    """
    seen: set[int] = set()
    here: Person | None = person
    while here is not None and here.pk not in seen:
        seen.add(here.pk)
        delegate = delegate_of(here, at)
        if delegate is not None and delegate.pk not in seen:
            here = delegate
            continue
        if here.is_active and may_act(here):
            return here
        here = here.manager
    return None


def delegate_of(person: Person, at: datetime) -> Person | None:
    absences = Absence.objects.filter(person=person, starts_at__lte=at, ends_at__gt=at, delegate__isnull=False)
    found = absences.select_related("delegate").order_by("starts_at", "id").first()
    return found.delegate if found else None

"""Whether those who are connected may stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings

from reviewhub.accounts.models import Person, RoleGrant
from reviewhub.reviews.models import QueueMembership

Rights = frozenset[tuple[str, str]]  # what somebody hears of follows from these: (queue, role) and (role, workflow)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits behind a socket, by which session, and with which rights they came."""

    person_id: int
    session_key: str = field(repr=False)
    rights: Rights = frozenset()


def unwelcome(visitors: Iterable[Visitor]) -> set[Visitor]:
    """Those who were switched off or have signed out. One query for the people, one for the sessions."""
    visitors = set(visitors)
    active = set(
        Person.objects.filter(pk__in={visitor.person_id for visitor in visitors}, is_active=True).values_list(
            "pk", flat=True
        )
    )
    signed_in = _signed_in({visitor.session_key for visitor in visitors})
    return {visitor for visitor in visitors if visitor.person_id not in active or visitor.session_key not in signed_in}


def changed(visitors: Iterable[Visitor]) -> set[Visitor]:
    """Those whose rights are others than when they came. Two queries."""
    visitors = set(visitors)
    now = rights_of({visitor.person_id for visitor in visitors})
    return {visitor for visitor in visitors if visitor.rights != now[visitor.person_id]}


def rights_of(people: Collection[int]) -> dict[int, Rights]:
    found: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    memberships = QueueMembership.objects.filter(person__in=people).order_by()
    for person, queue, role in memberships.values_list("person_id", "queue_id", "role"):
        found[person].add((str(queue), role))
    grants = RoleGrant.objects.filter(person__in=people).order_by()
    for person, role, workflow in grants.values_list("person_id", "role", "workflow"):
        found[person].add((role, workflow))
    return {person: frozenset(found[person]) for person in people}


def _signed_in(session_keys: set[str]) -> set[str]:
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    return set(sessions.objects.filter(session_key__in=session_keys).values_list("session_key", flat=True))

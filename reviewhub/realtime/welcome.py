"""Whether those who are connected may stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module

from django.conf import settings

from reviewhub.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who sits behind a socket, and by which session."""

    person_id: int
    session_key: str = field(repr=False)


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


def _signed_in(session_keys: set[str]) -> set[str]:
    sessions = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class()
    return set(sessions.objects.filter(session_key__in=session_keys).values_list("session_key", flat=True))

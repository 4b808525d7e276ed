"""The queues a person works in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Queue


def queues_of(person: Person) -> QuerySet[Queue]:
    return Queue.objects.filter(memberships__person=person)


def held_queues_of(person: Person) -> Iterable[Queue]:
    """Those of which nothing is given, and nobody takes anything."""
    held = person.held_queues
    return Queue.objects.filter(pk__in=held, held_at__isnull=False) if held else ()

"""What a person has been told."""

from __future__ import annotations

from django.db.models import QuerySet

from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Notice


def notices_of(person: Person) -> QuerySet[Notice]:
    """The newest first, each with its task."""
    return Notice.objects.filter(person=person).select_related("task")


def unread_count(person: Person) -> int:
    return Notice.objects.filter(person=person, read_at__isnull=True).count()

"""What a person has been told."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from reviewhub.accounts.models import Person
from reviewhub.notifications.models import Notice

# Every page asks, so it is said to the database as it is.
UNREAD = "SELECT COUNT(*) FROM notifications_notice WHERE person_id = %s AND read_at IS NULL"


def notices_of(person: Person) -> QuerySet[Notice]:
    """The newest first, each with its task, where it is about one."""
    return Notice.objects.filter(person=person).select_related("task")


def unread_count(person: Person) -> int:
    """Every page asks, so it is said to the database as it is."""
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [person.pk])
        return int(cursor.fetchone()[0])

"""Whom a comment on a task may name."""

from __future__ import annotations

from django.db.models import Q

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.people import owners_of
from reviewhub.reviews.services.holding import is_excluded

MOST = 300


def mentionable(task: ReviewTask, viewer: Person) -> list[Person]:
    """Those who work on it, by name: of the queue, asked, or owners of the process. All of them may see it."""
    working = Q(memberships__queue=task.queue) | Q(assignments__task=task, assignments__ended_at__isnull=True)
    found = Person.objects.filter(working, is_active=True).exclude(pk=viewer.pk).distinct()
    people = {person.pk: person for person in found.order_by("display_name")[:MOST]}
    people |= {person.pk: person for person in owners_of(task) if person.is_active and person.pk != viewer.pk}
    named = sorted(people.values(), key=lambda person: person.display_name.casefold())
    return [person for person in named if not is_excluded(task, person)]

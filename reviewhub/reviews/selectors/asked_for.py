"""What somebody asked for, and others have to decide."""

from __future__ import annotations

from reviewhub.accounts.models import Person
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet


def asked_for_by(person: Person) -> ReviewTaskQuerySet:
    """Waiting tasks that name the person as their requester, the oldest first; without second looks at them."""
    names = {person.email.lower(), person.username.lower()} - {""}
    return ReviewTask.objects.waiting().filter(requester__in=names).exclude(key=STEP).order_by("created_at", "id")

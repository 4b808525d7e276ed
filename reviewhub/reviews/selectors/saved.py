"""The saved filters that somebody has, and how many tasks each shows them."""

from __future__ import annotations

from django.db.models import Q

from reviewhub.accounts.models import Person
from reviewhub.reviews.models import SavedFilter
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet
from reviewhub.reviews.selectors.criteria import Criteria
from reviewhub.reviews.selectors.queues import queues_of
from reviewhub.reviews.selectors.views import COUNTED_UP_TO, view

MOST = 30  # that are shown to one person


def saved_filters(person: Person) -> list[SavedFilter]:
    """One's own, and those of the queues one works in."""
    known = SavedFilter.objects.filter(Q(owner=person) | Q(team__in=queues_of(person))).select_related("owner", "team")
    return list(known[:MOST])


def tasks_in(saved: SavedFilter, person: Person) -> ReviewTaskQuerySet:
    return Criteria.parse(saved.criteria).narrow(view(saved.view, person))


def count_in(saved: SavedFilter, person: Person) -> int:
    """Counted up to a bound, like the views."""
    return tasks_in(saved, person).order_by()[:COUNTED_UP_TO].count()

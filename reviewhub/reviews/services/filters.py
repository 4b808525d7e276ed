"""Naming what one looks for, and sharing it with a team."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import Queue, SavedFilter
from reviewhub.reviews.selectors.criteria import Criteria
from reviewhub.reviews.selectors.queues import queues_of
from reviewhub.reviews.selectors.views import VIEWS

LONGEST_NAME = 60
MOST = 20  # of one owner


@transaction.atomic
def save_filter(*, actor: Person, name: str, view: str, criteria: Criteria, team: str = "") -> SavedFilter:
    """A name that the actor has used already is changed. `team` is a queue's slug: its members have the filter too.

    Raises InvalidRequest with every fault and its path.
    """
    name = " ".join(name.split())
    shared_with = queues_of(actor).filter(slug=team).first() if team else None
    faults = list(_faults(actor, name, view, criteria, team, shared_with))
    if faults:
        raise InvalidRequest([{"path": f"/{path}", "code": code, "message": said} for path, code, said in faults])
    values = {"view": view, "criteria": criteria.given, "team": shared_with}
    saved, _ = SavedFilter.objects.update_or_create(owner=actor, name=name, defaults=values)
    return saved


def remove_filter(*, actor: Person, saved: int) -> bool:
    """Only whoever has made it can take it away; for somebody else there is no such filter."""
    return bool(SavedFilter.objects.filter(owner=actor, pk=saved).delete()[0])


def _faults(
    actor: Person, name: str, view: str, criteria: Criteria, team: str, shared_with: Queue | None
) -> list[tuple[str, str, str]]:
    mine = SavedFilter.objects.filter(owner=actor)
    checks = (
        (not name, "name", "missing", _("Give the filter a name.")),
        (
            len(name) > LONGEST_NAME,
            "name",
            "too_long",
            _("A name has at most %(most)s characters.") % {"most": LONGEST_NAME},
        ),
        (view not in VIEWS, "view", "unknown", _("There is no such view of the queue.")),
        (not criteria.given, "criteria", "missing", _("Choose something to filter by.")),
        (bool(team) and shared_with is None, "team", "unknown", _("You can share it with queues that you work in.")),
        (
            mine.count() >= MOST and not mine.filter(name=name).exists(),
            "name",
            "too_many",
            _("You have %(most)s filters already: remove one first.") % {"most": MOST},
        ),
    )
    return [(path, code, said) for wrong, path, code, said in checks if wrong]

"""The order in which the demo is loaded. Every part is harmless to repeat: a load that broke off is begun again."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from orchestration.ports import Actor
from reviewhub.demo.loading.connections import load_connections, move_connections
from reviewhub.demo.models import ErpSwitch, Loading

EDITION = 1
ACTOR = Actor("system", "demo", "Demo")


def load(say: Callable[[str], None]) -> bool:
    """False where it was loaded already."""
    if not settings.DEMO:
        raise ImproperlyConfigured("The demo is loaded in demo mode only: set REVIEWHUB_MODE=demo.")
    if Loading.objects.filter(edition=EDITION).exists():
        move_connections(settings.PUBLIC_URL, ACTOR)
        return False
    say("Loading the demo …")
    _load()
    Loading.objects.create(edition=EDITION, at=timezone.now())
    return True


def _load() -> None:
    """What is slow to import is imported where the demo is loaded, and at no other start."""
    from reviewhub.demo.loading.decision_points import load_decision_points
    from reviewhub.demo.loading.learning import load_past_decisions, train
    from reviewhub.demo.loading.opening import open_cases
    from reviewhub.demo.loading.people import load_desk, load_people
    from reviewhub.demo.loading.workflows import load_workflows

    now = timezone.now()
    ErpSwitch.objects.get_or_create(pk=1)
    load_people(ACTOR)
    load_desk(ACTOR)
    load_connections(ACTOR)
    load_decision_points(ACTOR)
    load_past_decisions(now, ACTOR)
    train()
    load_workflows(ACTOR)
    open_cases(now, ACTOR)
    move_connections(settings.PUBLIC_URL, ACTOR)

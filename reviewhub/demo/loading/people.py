"""Makes the demo's people, their roles, queues, calendars and policies."""

from __future__ import annotations

from django.utils import timezone

from orchestration.ports import Actor
from reviewhub.accounts.models import Person
from reviewhub.accounts.services import grant_role
from reviewhub.demo.people import BOB, CARE, CAROL, FINANCE, INCIDENTS, OSCAR, PEOPLE, ZONE, Invented
from reviewhub.reviews.models import Queue
from reviewhub.reviews.services.settings import save_calendar, save_escalation_policy, save_queue, set_member

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")
CARE_ESCALATION = """\
- {after: 4h, business: true, to: {backup_of: queue}}
- {after: 8h, business: true, to: {manager_of: assignee}}
"""


def load_people(actor: Actor) -> None:
    """Nobody has a password: in the demo one switches between people, and nowhere else do they exist."""
    for invented in PEOPLE:
        person = Person.objects.filter(username=invented.username).first() or _made(invented)
        for role, workflow in invented.grants:
            grant_role(person=person, role=role, workflow=workflow, actor=actor)


def _made(invented: Invented) -> Person:
    return Person.objects.create_user(
        email=invented.email,
        username=invented.username,
        display_name=invented.name,
        email_verified_at=timezone.now(),
        zone=ZONE,
        manager=Person.objects.filter(username=invented.manager).first(),
    )


def load_desk(actor: Actor) -> None:
    """Finance works around the clock, so that the demo is the same on every day; customer care has office hours."""
    carol, bob, oscar = (Person.objects.get(username=invented.username) for invented in (CAROL, BOB, OSCAR))
    for slug, title in ((FINANCE, "Finance"), (CARE, "Customer care")):
        _fill(save_queue(slug=slug, title=title, manager=carol, backup=bob, actor=actor), actor)
    _fill(save_queue(slug=INCIDENTS, title="Incidents", manager=oscar, actor=actor), actor)
    save_calendar(
        name="finance-desk",
        title="Finance desk, around the clock",
        zone=ZONE,
        week={day: ["00:00-24:00"] for day in EVERY_DAY},
        actor=actor,
    )
    save_calendar(
        name="office-hours",
        title="Office hours in Sweden",
        zone=ZONE,
        week={day: ["08:00-12:00", "13:00-17:30"] for day in WEEKDAYS},
        country="SE",
        actor=actor,
    )
    save_escalation_policy(name="customer-care", title="Customer care", text=CARE_ESCALATION, actor=actor)


def _fill(queue: Queue, actor: Actor) -> None:
    for invented in PEOPLE:
        if queue.slug in invented.queues:
            person = Person.objects.get(username=invented.username)
            set_member(queue=queue, person=person, role=invented.queues[queue.slug], actor=actor)

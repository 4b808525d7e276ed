"""What is pushed beside changed tasks: that a queue is held, and the figures of a team, as their pages show them."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from reviewhub.accounts.models import Person
from reviewhub.direction import in_order
from reviewhub.reviews.models import Queue
from reviewhub.reviews.selectors.leading import led_queues
from reviewhub.web.presenters.leading import held_said, team_page


def held_patch(queue_id: int) -> dict[str, Any] | None:
    """{"queue", "html", "title", "text"}: for the queue's page and for cards; all empty where it goes on."""
    queue = Queue.objects.filter(pk=queue_id).first()
    if queue is None:
        return None
    if queue.held_at is None:
        return {"queue": queue.pk, "html": "", "title": "", "text": ""}
    html = in_order(render_to_string("desk/held.html", {"queue": queue}))
    return {"queue": queue.pk, "html": html, "title": in_order(held_said(queue)), "text": in_order(queue.hold_reason)}


def figures_for(person_id: int, team: str) -> str | None:
    """As the person's page shows them, in their zone. `team` is a queue's slug; empty: all that they lead."""
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    queues = list(led_queues(person)) if person else []
    queue = next((each for each in queues if each.slug == team), None)
    if person is None or not queues or (team and queue is None):
        return None
    with timezone.override(person.timezone):
        return in_order(render_to_string("lead/team.html#figures", {"team": team_page(queues, queue, person)}))

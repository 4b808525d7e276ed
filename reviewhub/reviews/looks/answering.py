"""Questions that come up at a second look. The requester has had the answer and is not asked again: somebody who looks
after the case's queue is, in their place, who takes no part in the look from then on."""

from __future__ import annotations

from django.db.models import Q

from orchestration.ports import Actor
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import InformationRequest, QueueMembership, ReviewTask, SecondLook


def answered_instead(task: ReviewTask, asker: Person) -> str:
    """The address that the question goes to: of a lead of the case's queue, else of its manager. Empty where there is
    nobody else: then it waits for its days, and ends without an answer."""
    look = SecondLook.objects.select_related("queue").filter(task=task).first()
    queue = look.queue if look is not None else task.queue
    leads = Q(memberships__queue=queue, memberships__role=QueueMembership.Role.LEAD)
    found = Person.objects.filter(leads | Q(pk=queue.manager_id), is_active=True).exclude(pk=asker.pk).exclude(email="")
    person = min(found.distinct(), key=lambda each: (each.pk == queue.manager_id, each.pk), default=None)
    if person is None:
        return ""
    task.excluded = [*task.excluded, person.username.lower()]
    task.save(update_fields=("excluded",))
    return person.email


def actor_answering(asked: InformationRequest) -> Actor:
    """On record stands who answered, as on its page once it counts."""
    person = Person.objects.filter(email=asked.to).first()
    return actor_of(person) if person else Actor("person", asked.to, asked.to)


def answered_by(task: ReviewTask) -> list[Person]:
    """Who answered in the requester's place, of a second look."""
    asked = task.information_requests.filter(answered_at__isnull=False).values("to")
    return list(Person.objects.filter(email__in=asked).order_by("pk"))

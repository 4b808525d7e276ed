"""Second looks that a queue puts before some people alone: they are asked by name, as by anybody else."""

from __future__ import annotations

from reviewhub.accounts.absences import all_standing_in
from reviewhub.accounts.models import Person
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.models import Assignment, ReviewTask, SecondLook
from reviewhub.reviews.services.holding import is_excluded


def put_before(task: ReviewTask, look_id: str) -> None:
    """Whoever of the group is away is stood in for; where nobody is left, it is the queue's. Never whoever knows."""
    look = SecondLook.objects.select_related("queue").get(pk=look_id)
    if look.queue.looks_by_id is None:
        return
    people = _reached(task, look.queue.looks_by_id)
    for person in people:
        Assignment.objects.create(task=task, person=person, role=Assignment.Role.COLLEAGUE, assigned_at=task.created_at)
    if people:
        task.moved = True
        task.save(update_fields=("moved",))
        announce(Fact("given", task, task.created_at, people=people))


def _reached(task: ReviewTask, group_id: int) -> tuple[Person, ...]:
    def may_act(person: Person) -> bool:
        return not is_excluded(task, person)

    named = filter(may_act, Person.objects.filter(people_groups=group_id, is_active=True).order_by("pk"))
    found = {person.pk: person for person in all_standing_in(named, task.created_at, may_act)}
    return tuple(found[pk] for pk in sorted(found))

"""Whom a task reaches: never the requester, never somebody excluded, past those who are away, never in a circle."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from django.db import connection
from django.db.models import Q

from reviewhub.accounts.absences import all_standing_in
from reviewhub.accounts.models import Person, RoleGrant
from reviewhub.compiled import IDENTITY, NUMBER, Statement, statement_of
from reviewhub.reviews.models import Assignment, Queue, QueueMembership, ReviewTask
from reviewhub.reviews.services.holding import is_excluded


def people_for(
    task: ReviewTask, target: Mapping[str, str], at: datetime, without: Collection[str] = frozenset()
) -> list[Person]:
    """Who `target` is at this moment ({"kind": "backup_of", "of": "queue"}), in a stable order; nobody of `without`.

    Where nobody is left, the queue's manager, its leads, its people and the process owners are asked, one after the
    other, so that a level never falls silent. Nobody who is away is asked.
    """
    return Reach(task, at, without).people_for(target)


@dataclass(frozen=True)
class Reach:
    """As `people_for`, for several targets of one task: what they have in common is read once."""

    task: ReviewTask
    at: datetime
    without: Collection[str] = frozenset()

    def people_for(self, target: Mapping[str, str]) -> list[Person]:
        return self._reachable(_named(self.task, target)) or self._whoever_else

    @cached_property
    def _whoever_else(self) -> list[Person]:
        task = self.task
        others: tuple[Callable[[], Iterable[Person | None]], ...] = (
            lambda: [task.queue.manager],
            lambda: _leads(task.queue),
            lambda: _members(task.queue),
            lambda: owners_of(task),
        )
        return next((found for named in others if (found := self._reachable(named()))), [])

    def _reachable(self, named: Iterable[Person | None]) -> list[Person]:
        people = [person for person in named if person]
        found = {person.pk: person for person in all_standing_in(people, self.at, self._may_act)} if people else {}
        return [found[pk] for pk in sorted(found)]

    def _may_act(self, person: Person) -> bool:
        return str(person.pk) not in self.without and not is_excluded(self.task, person)


def _named(task: ReviewTask, target: Mapping[str, str]) -> Iterable[Person | None]:
    kind, of = target["kind"], target.get("of") or target.get("name", "")
    match kind:
        case "backup_of":
            return [task.queue.backup]
        case "manager_of":
            return [_manager_of_assignee(task) if of == "assignee" else task.queue.manager]
        case "owner":
            return owners_of(task)
        case "user":
            return Person.objects.filter(Q(username=of.lower()) | Q(email=of.lower()))
        case "role":
            return _holders(task, of)
        case "group":
            return Person.objects.filter(people_groups__name=of)
        case "queue":
            return Person.objects.filter(memberships__queue__slug=of)
        case _:
            return []


def owners_of(task: ReviewTask) -> list[Person]:
    """The process owners of the task's workflow: by grant, or named by the workflow itself."""
    return owners_of_workflow(task.workflow, task.workflow_owner)


def owners_of_workflow(workflow: str, owner: str) -> list[Person]:
    granted = Q(grants__role=RoleGrant.Role.PROCESS_OWNER, grants__workflow=workflow)
    named = Q(username=owner) if owner else Q()
    return list(Person.objects.filter(granted | named if named else granted).distinct())


def _manager_of_assignee(task: ReviewTask) -> Person | None:
    """The first assignee's manager, or the queue's where nobody has claimed."""
    for first in _first_claim(connection.vendor).objects(Assignment, task.pk):
        return first.person.manager or task.queue.manager
    return task.queue.manager


@lru_cache(maxsize=2)
def _first_claim(vendor: str) -> Statement:
    claims = Assignment.objects.filter(task=IDENTITY, level=0, role=Assignment.Role.REVIEWER)
    return statement_of(claims.order_by("assigned_at", "id")[:1], IDENTITY)


def _holders(task: ReviewTask, role: str) -> Iterable[Person]:
    if role in QueueMembership.Role.values:
        return _leads(task.queue) if role == "lead" else task.queue.members.filter(memberships__role=role)
    if role == RoleGrant.Role.PROCESS_OWNER:
        return owners_of(task)
    return Person.objects.filter(grants__role=role)


def _members(queue: Queue) -> Iterable[Person]:
    return _of_queue(connection.vendor).objects(Person, queue.pk)


@lru_cache(maxsize=2)
def _of_queue(vendor: str) -> Statement:
    return statement_of(Person.objects.filter(memberships__queue=NUMBER), NUMBER)


def _leads(queue: Queue) -> Iterable[Person]:
    return _led_by(connection.vendor).objects(Person, queue.pk)


@lru_cache(maxsize=2)
def _led_by(vendor: str) -> Statement:
    leads = Person.objects.filter(memberships__queue=NUMBER, memberships__role=QueueMembership.Role.LEAD)
    return statement_of(leads, NUMBER)

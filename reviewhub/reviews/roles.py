"""What roles a person holds on tasks, queues and runs, for the permission table."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import FilteredRelation, Q

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import Role, owns_workflow, roles_on
from reviewhub.compiled import IDENTITY, NUMBER, Statement, planned_once
from reviewhub.reviews.approvals import has_voted
from reviewhub.reviews.models import Assignment, Queue, QueueMembership, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME, looked_at_again_before

_READING = {Role.REVIEWER, Role.LEAD, Role.ASSIGNEE}
_MENDERS = {Role.ENGINEER.value, Role.OPERATOR.value}


def register() -> None:
    roles_on("reviews.ReviewTask", _on_task)
    roles_on("reviews.Queue", _on_queue)
    roles_on("orchestration.Run", _on_run)


def _on_task(person: Person, task: ReviewTask) -> set[Role]:
    found = _in_queue(connection.vendor).rows(person.pk, task.queue_id)
    roles = {Role(role) for role, _ in found if role}
    if task.moved:
        roles.discard(Role.REVIEWER)
    named = {asked for (asked,) in _named(connection.vendor).rows(person.pk, task.pk)}
    if has_voted(task, person) or person.pk in named:
        roles.add(Role.ASSIGNEE)
    if named - {person.pk} or any(manager for _, manager in found) or _asked_for_it(person, task):
        roles.add(Role.WAITING)
    owns = owns_workflow(person, task.workflow, task.workflow_owner)
    if owns:
        roles.add(Role.PROCESS_OWNER)
    if task.kind == ReviewTask.Kind.INCIDENT and (owns or any(role in _MENDERS for role, _ in person.granted)):
        roles.add(Role.MENDER)
    if task.closed_at is not None and roles & _READING and _is_looked_at_again_before(person, task):
        roles -= _READING
    return roles


def _is_looked_at_again_before(person: Person, task: ReviewTask) -> bool:
    return ReviewTask.objects.filter(looked_at_again_before(person), pk=task.pk).exists()


def _asked_for_it(person: Person, task: ReviewTask) -> bool:
    return bool(task.requester) and task.requester in (person.email.lower(), person.username.lower())


@lru_cache(maxsize=2)
def _in_queue(vendor: str) -> Statement:
    """The person's role in the queue, and whether they manage it."""
    person, queue = NUMBER, NUMBER + 1
    own = FilteredRelation("memberships", condition=Q(memberships__person=person))
    found = Queue.objects.filter(pk=queue).annotate(own=own, manages=Q(manager=person)).order_by()
    return planned_once(found.values_list("own__role", "manages"), person, queue)


@lru_cache(maxsize=2)
def _named(vendor: str) -> Statement:
    """Who was asked for the task by name: the person themselves, or others, whom the person has asked."""
    person = NUMBER
    own, given = Q(BY_NAME, person=person), Q(role=Assignment.Role.DELEGATE, asked_by=person)
    asked = Assignment.objects.filter(own | given, task=IDENTITY, ended_at__isnull=True).order_by()
    return planned_once(asked.values_list("person_id"), person, IDENTITY)


def _on_queue(person: Person, queue: Queue) -> set[Role]:
    roles = _membership(person, queue=queue.pk)
    if queue.manager_id == person.pk:
        roles.add(Role.LEAD)
    owned = owned_workflows(person)
    if owned and ReviewTask.objects.filter(workflow__in=owned, queue=queue.pk).exists():
        roles.add(Role.PROCESS_OWNER)
    return roles


def owned_workflows(person: Person) -> set[str]:
    """By grant, or because the workflow names them."""
    granted = {workflow for _, workflow in person.granted if workflow}
    return granted | set(api.workflows().filter(owner=person.username).values_list("name", flat=True))


def _on_run(person: Person, run: Any) -> set[Role]:
    roles = _membership(person, queue__tasks__run=run.pk)
    if Assignment.objects.filter(task__run=run.pk, person=person).exists():
        roles.add(Role.ASSIGNEE)
    if owns_workflow(person, run.workflow.name, run.workflow.owner):
        roles.add(Role.PROCESS_OWNER)
    return roles


def _membership(person: Person, **where: Any) -> set[Role]:
    memberships = QueueMembership.objects.filter(person=person, **where).order_by()
    found = memberships.values_list("role", flat=True).distinct()
    return {Role(role) for role in found}

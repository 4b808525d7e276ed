"""Who hears of what: the names of the groups inside a process, by what a person may read.

A task is told to its queue, to the people asked by name, to its workflow's owners and to those who read everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, Role, allows, roles_of
from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.models import Assignment, ReviewTask
from reviewhub.reviews.selectors import queues_of, visible_runs
from reviewhub.reviews.selectors.leading import led_queues

DESK = "desk"  # of the channel layer: every process with sockets listens here
EVERYTHING = "tasks"
INCIDENTS = "incidents"
RUNS = "runs"


def person(person_id: int) -> str:
    return f"person.{person_id}"


SHOWN = "shown."  # says what a page shows, and never that somebody may


def shown(task_id: UUID | str) -> str:
    return f"{SHOWN}{task_id}"


def queue(queue_id: int) -> str:
    return f"queue.{queue_id}"


TEAM = "team."  # says which figures a page shows


def teams_of(names: Iterable[str]) -> list[str]:
    """The groups of the pages that show figures of the queues among these groups."""
    return [f"{TEAM}{name.removeprefix('queue.')}" for name in names if name.startswith("queue.")]


def teams_led(who: Person, team: str) -> list[str]:
    """The same of one queue, by its slug, or of all (empty) that this person leads."""
    led = led_queues(who)
    return [f"{TEAM}{pk}" for pk in (led.filter(slug=team) if team else led).values_list("pk", flat=True)]


def run(run_id: UUID | str) -> str:
    return f"run.{run_id}"


def heard_by(who: Person) -> list[str]:
    """The groups that this person's sockets join, checked when they connect."""
    groups = [person(who.pk), f"owner.{who.username}"]
    groups += [queue(pk) for pk in queues_of(who).values_list("pk", flat=True)]
    groups += [f"workflow.{workflow}" for _, workflow in who.granted if workflow]
    roles = roles_of(who)
    if roles & VERBS["task.read"].roles:
        groups.append(EVERYTHING)
    if Role.ENGINEER in roles:
        groups.append(INCIDENTS)
    return groups


def told_of(found: ReviewTask) -> tuple[str, ...]:
    """The groups that hear of this task, but for the people who were asked by name."""
    named = [EVERYTHING, queue(found.queue_id), f"workflow.{found.workflow}"]
    if found.workflow_owner:
        named.append(f"owner.{found.workflow_owner}")
    if found.kind == ReviewTask.Kind.INCIDENT:
        named.append(INCIDENTS)
    return tuple(named)


def may_follow(who: Person, topic: str) -> bool:
    """Whether this person may be told when `topic` ("runs", "run.<id>", "notices") has changed."""
    if topic in (RUNS, "notices"):
        return True
    kind, _, identity = topic.partition(".")
    try:
        return kind == "run" and visible_runs(who).filter(pk=UUID(identity)).exists()
    except ValueError:
        return False


def told_of_a_look(who: Person, task_id: str) -> tuple[str, ...]:
    """The groups that hear that `who` looks at this task. None where they may not look, and none while it is decided
    blindly: who takes part is nobody's to know before all have decided."""
    try:
        found = ReviewTask.objects.filter(pk=UUID(task_id)).first()
    except ValueError:
        return ()
    if found is None or is_sealed(found) or not allows(who, "task.read", found):
        return ()
    asked = Assignment.objects.filter(task=found, ended_at__isnull=True).order_by().values_list("person_id", flat=True)
    return (*told_of(found), *(person(pk) for pk in set(asked)))

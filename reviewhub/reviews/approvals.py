"""Tasks that several people decide: who has, who is asked, and what may be seen meanwhile.

`ReviewTask.approvals` is the engine's plan as it stands (see orchestration/core/approving.py): `need`, `in_order`,
`blind`, `alone`, `disagree`, `disputed`, `seats` ({"to", "people"}, an arbiter's with "decides") and `votes` ({"seat",
"by", "received_at"}). What somebody voted is in their decision alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from orchestration.ports import PersonRef
from reviewhub.accounts.models import Person
from reviewhub.reviews.announcements import Fact, announce
from reviewhub.reviews.models import Assignment, Decision, ReviewTask

Seat = Mapping[str, Any]


def has_voted(task: ReviewTask, person: Person) -> bool:
    return str(person.pk) in voters(task)


def voters(task: ReviewTask) -> set[str]:
    """Their ids, as texts."""
    return {vote["by"]["id"] for vote in (task.approvals or {}).get("votes", ())}


def is_sealed(task: ReviewTask) -> bool:
    """Whether nobody may see yet what the others have voted."""
    plan = task.approvals or {}
    return bool(plan.get("blind")) and not plan["disputed"] and task.is_waiting


def seen_by(task: ReviewTask, person: Person, decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that `person` may see; while they are sealed only their own."""
    return [decision for decision in decisions if not is_sealed(task) or decision.by_id == person.pk]


def is_for_named(task: ReviewTask) -> bool:
    """Only those who were asked by name decide: every seat that is free has somebody, who has not declined."""
    asked = set(task.assignments.filter(ended_at=None).values_list("person_id", flat=True))
    free = [seat for seat in _free_seats(task.approvals or {}) if _is_asked(seat)]
    return bool(free) and all(_people_of(seat) & asked for seat in free)


def show(task: ReviewTask, approvals: Mapping[str, Any], asked: tuple[PersonRef, ...], at: datetime) -> None:
    """Takes over how the engine says it stands: assigns those who are asked now, and lets go whom it asks no more."""
    task.approvals = dict(approvals)
    voted = {int(each) for each in voters(task)}
    wanted = {pk for seat in _free_seats(approvals) for pk in _people_of(seat)} - voted
    _let_go(task, wanted, at)
    _seat(task, wanted, at)
    task.moved = is_for_named(task)
    task.save(update_fields=("approvals", "moved"))
    people = tuple(Person.objects.filter(pk__in=[person.id for person in asked]).order_by("pk"))
    if people:
        announce(Fact("approval", task, at, people=people, details={"seat": len(approvals["votes"])}))


def _seat(task: ReviewTask, wanted: Collection[int], at: datetime) -> None:
    """Those who are asked and not assigned yet; whoever has declined is not asked again."""
    known = task.assignments.filter(Q(ended_at=None) | Q(ended=Assignment.Ended.DECLINED))
    for pk in sorted(set(wanted) - set(known.values_list("person_id", flat=True))):
        Assignment.objects.create(task=task, person_id=pk, role=Assignment.Role.APPROVER, assigned_at=at)


def _let_go(task: ReviewTask, wanted: Collection[int], at: datetime) -> None:
    others = task.assignments.filter(role=Assignment.Role.APPROVER, ended_at=None).exclude(person__in=wanted)
    voted = [int(each) for each in voters(task)]
    others.filter(person__in=voted).update(ended_at=at, ended=Assignment.Ended.DONE)
    others.exclude(person__in=voted).update(ended_at=at, ended=Assignment.Ended.MOVED)


def _free_seats(plan: Mapping[str, Any]) -> list[Seat]:
    """Where people do not agree, only whoever settles it is asked."""
    taken, disputed = {vote["seat"] for vote in plan.get("votes", ())}, bool(plan.get("disputed"))
    free = [seat for at, seat in enumerate(plan.get("seats", ())) if at not in taken]
    return [seat for seat in free if bool(seat.get("decides")) == disputed]


def _people_of(seat: Seat) -> set[int]:
    return {int(person["id"]) for person in seat["people"] or ()}


def _is_asked(seat: Seat) -> bool:
    return seat["to"] is None or seat["people"] is not None

"""Giving tasks to people: what nobody has goes to whoever fits, has room and is here.

The queue's row is locked meanwhile, so that two who give at once never exceed a cap; runs that somebody else holds are
passed over and come with the next round. Nobody who holds a run ever waits for the queue's lock.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, Value, When

from orchestration import api, ports
from reviewhub.accounts.models import Absence, Person
from reviewhub.reviews.announcements import Fact, announce_all
from reviewhub.reviews.approvals import voters
from reviewhub.reviews.giving import Hands, Offer, by_load, by_turn, share_out
from reviewhub.reviews.handling import Expectations, expectations
from reviewhub.reviews.models import Assignment, Queue, ReviewTask
from reviewhub.reviews.models.querysets import BY_NAME

TOPIC = "queue.give"
LOOKED_AT = 500  # tasks in one round, the most urgent ones
GIVEN_AT_ONCE = 50  # in one transaction
ASKED_EVERY = 0.25  # seconds: a process asks no more often for the same queue
MAKES_ROOM = frozenset(
    ("opened", "decided", "voted", "released", "declined", "asked", "snoozed", "delegated", "taken_back", "stood_in")
)

_GIVEN = api.statements.Update(ReviewTask, ("status", "claimed_by_id", "claim_expires_at", "version"), ("id",))

_asked: dict[int, float] = {}


def give_soon(fact: Fact) -> None:
    """Bound to `when_changed`: there is a task that nobody has, or somebody has room. What is lost here comes with
    the next round of the sweeper."""
    queue = fact.task.queue if fact.kind in MAKES_ROOM else None
    if queue is None or not queue.gives or time.monotonic() - _asked.get(queue.pk, -1.0) < ASKED_EVERY:
        return
    _asked[queue.pk] = time.monotonic()
    api.send_later(topic=TOPIC, key=uuid.uuid4().hex, payload={"queue": queue.pk})


@api.on_topic(TOPIC)
def _give(message: Mapping[str, Any], _: str) -> None:
    give_out(queue_id=message["queue"])


def give_out_everywhere() -> None:
    """Of every queue that gives and has something to give."""
    waiting = ReviewTask.objects.waiting().unassigned(ports.clock().system_now()).filter(moved=False)
    queues = Queue.objects.filter(held_at__isnull=True).exclude(giving=Queue.Giving.PULL).order_by("pk")
    for queue_id in queues.values_list("pk", flat=True):
        if waiting.filter(queue=queue_id).exists():
            give_out(queue_id=queue_id)


def give_out(*, queue_id: int) -> int:
    """Gives the queue's people what waits, as far as they have room. Returns how many were given."""
    given = 0
    while True:
        now = _give_some(queue_id)
        given += now
        if now < GIVEN_AT_ONCE:
            return given


@transaction.atomic
def _give_some(queue_id: int) -> int:
    queue = Queue.objects.select_for_update(no_key=True).filter(pk=queue_id).first()
    if queue is None or not queue.gives:
        return 0
    people = _people_here(queue)
    tasks = _waiting(queue) if people else []
    if not tasks:
        return 0
    known = expectations([person.pk for person in people])
    hands = _hands(queue, people, known)
    rank = by_turn if queue.giving == Queue.Giving.ROUND_ROBIN else by_load

    def minutes(task: ReviewTask, person: int) -> float:
        return known.minutes(task.workflow, task.step_id, person)

    pairs = []
    for pair in share_out(_offers(tasks), hands, cap=queue.cap, rank=rank, minutes=minutes):
        pairs.append(pair)
        if len(pairs) == GIVEN_AT_ONCE:
            break
    return _hand_out(queue, pairs, {person.pk: person for person in people}) if pairs else 0


def _people_here(queue: Queue) -> list[Person]:
    """Members that are given tasks and not away, each with `turn` (when they last were) and their skills."""
    now = ports.clock().process_now()
    away = Absence.objects.filter(starts_at__lte=now, ends_at__gt=now).values("person")
    members = Person.objects.filter(memberships__queue=queue, memberships__is_given_tasks=True, is_active=True)
    found = members.exclude(pk__in=away).annotate(turn=F("memberships__given_at")).order_by("pk")
    return list(found.prefetch_related("skills"))


def _waiting(queue: Queue) -> list[ReviewTask]:
    unassigned = ReviewTask.objects.waiting().unassigned(ports.clock().system_now()).filter(queue=queue, moved=False)
    columns = ("id", "run", "workflow", "step_id", "excluded", "skills", "approvals", "claimed_by", "version")
    return list(unassigned.urgent_first().only(*columns)[:LOOKED_AT])


def _offers(tasks: Sequence[ReviewTask]) -> list[Offer[ReviewTask]]:
    refused: dict[Any, set[int]] = {}
    declined = Assignment.objects.filter(task__in=[task.pk for task in tasks], ended=Assignment.Ended.DECLINED)
    for task_id, person in declined.values_list("task_id", "person_id"):
        refused.setdefault(task_id, set()).add(person)
    return [
        Offer(
            task,
            frozenset(task.skills),
            frozenset(task.excluded),
            frozenset(refused.get(task.pk, ())) | {int(each) for each in voters(task)},
            task.claimed_by_id,
        )
        for task in tasks
    ]


def _hands(queue: Queue, people: Sequence[Any], known: Expectations) -> list[Hands]:
    """How much each has before them: counted of this queue, weighed of all."""
    held = dict.fromkeys((person.pk for person in people), 0)
    minutes = dict.fromkeys(held, 0.0)
    for person, of_queue, workflow, step_id, number in what_waits_with(held):
        held[person] += number if of_queue == queue.pk else 0
        minutes[person] += number * known.minutes(workflow, step_id, person)
    return [
        Hands(
            person.pk,
            frozenset((person.email.lower(), person.username.lower())),
            frozenset(skill.name for skill in person.skills.all()),
            held[person.pk],
            minutes[person.pk],
            person.turn.timestamp() if person.turn else 0.0,
        )
        for person in people
    ]


def what_waits_with(people: Any) -> list[tuple[int, int, str, str, int]]:
    """(person, queue, workflow, step, number) of the tasks that somebody holds or was asked for by name."""
    columns = ("queue_id", "workflow", "step_id")
    held = ReviewTask.objects.filter(
        status=ReviewTask.Status.CLAIMED, claimed_by__in=people, claim_expires_at__gt=ports.clock().system_now()
    )
    asked = Assignment.objects.filter(BY_NAME, person__in=people, ended_at__isnull=True)
    asked = asked.filter(task__status__in=("open", "claimed")).exclude(task__claimed_by=F("person"))
    return [
        *held.order_by().values_list("claimed_by_id", *columns).annotate(number=Count("pk")),
        *asked.order_by().values_list("person_id", *(f"task__{each}" for each in columns)).annotate(number=Count("pk")),
    ]


def _hand_out(queue: Queue, pairs: Sequence[tuple[ReviewTask, int]], people: Mapping[int, Person]) -> int:
    """As far as the runs are free and the tasks are still nobody's. A fixed number of statements, and each task's
    record and notice."""
    free = api.hold_free_runs({task.run_id for task, _ in pairs})
    chosen = {task.pk: people[person] for task, person in pairs if task.run_id in free}
    system_now, now = ports.clock().system_now(), ports.clock().process_now()
    unassigned = ReviewTask.objects.waiting().unassigned(system_now).filter(pk__in=chosen, moved=False)
    tasks = list(unassigned.select_for_update(of=("self",)).order_by("pk"))
    for task in tasks:
        task.queue = queue
    _mark(tasks, chosen, now, system_now + timedelta(minutes=queue.given_minutes))
    tasks.sort(key=lambda task: (task.urgency_at, task.pk))
    _note_turns(queue, [chosen[task.pk].pk for task in tasks], system_now)
    events = [(task.run_id, _said(queue, task, chosen[task.pk])) for task in tasks]
    api.record_run_events(kind="desk.given", events=events, actor=ports.SYSTEM)
    announce_all([Fact("given", task, now, people=(chosen[task.pk],)) for task in tasks])
    return len(tasks)


def _said(queue: Queue, task: ReviewTask, person: Person) -> dict[str, str]:
    return {"key": task.key, "to": str(person.pk), "to_label": person.display_name, "giving": queue.giving}


def _note_turns(queue: Queue, people: Sequence[int], at: datetime) -> None:
    """Whose turn it was, in this order; of several turns the last one counts."""
    turns = {person: at + timedelta(microseconds=number) for number, person in enumerate(people, 1)}
    last = [When(person=person, then=Value(turn)) for person, turn in turns.items()]
    if last:
        queue.memberships.filter(person__in=turns).update(given_at=Case(*last))


def _mark(tasks: Sequence[ReviewTask], chosen: Mapping[Any, Person], at: datetime, until: datetime) -> None:
    """Makes each person the holder of theirs, with an assignment of their own."""
    before = Assignment.objects.filter(task__in=tasks, ended_at__isnull=True)
    lapsed = before.filter(level=0, role=Assignment.Role.REVIEWER)
    lapsed.update(ended_at=at, ended=Assignment.Ended.RELEASED)
    asked = set(before.values_list("task_id", "person_id"))
    Assignment.objects.bulk_create(
        Assignment(task=task, person=chosen[task.pk], role=Assignment.Role.REVIEWER, assigned_at=at)
        for task in tasks
        if (task.pk, chosen[task.pk].pk) not in asked
    )
    for task in tasks:
        task.status, task.claimed_by, task.claim_expires_at = ReviewTask.Status.CLAIMED, chosen[task.pk], until
        task.version += 1
    rows = [(ReviewTask.Status.CLAIMED.value, task.claimed_by_id, until, task.version, task.pk) for task in tasks]
    api.statements.write({_GIVEN: rows})

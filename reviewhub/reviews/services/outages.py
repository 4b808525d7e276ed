"""The clocks of a whole queue stopped for an outage, and started again.

The queue says how it should be; its tasks follow, fifty in a transaction, each with a record of its own. What is
interrupted goes on where it was. What came meanwhile, or could not follow yet (its run is paused or in other hands, a
question stops its clock), follows with the sweeper.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from orchestration import api, ports
from orchestration.ports import Actor
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet
from reviewhub.reviews.services.leading import reason_given, record

logger = logging.getLogger(__name__)

TOPIC = "queue.clocks"
TOGETHER = 50  # in one transaction, for as long as which nobody can decide them


@transaction.atomic
def stop_clocks(*, queue: Queue, actor: Person, reason: str) -> Queue:
    """No deadline of the queue's tasks comes nearer from here on, and nothing escalates; people may decide. Stopping
    them again changes the reason. Raises PermissionDenied, InvalidRequest."""
    locked = _hold(queue, actor)
    locked.clocks_stopped_for = reason_given(reason)
    locked.clocks_stopped_at = locked.clocks_stopped_at or ports.clock().process_now()
    locked.clocks_stopped_by = actor.display_name
    _keep(locked)
    record(locked, "queue.clocks_stopped", {"reason": locked.clocks_stopped_for}, actor)
    _go_on_later(locked, actor_of(actor))
    return locked


@transaction.atomic
def start_clocks(*, queue: Queue, actor: Person) -> Queue:
    """What was left of each deadline and level is left from here on. Raises PermissionDenied."""
    locked = _hold(queue, actor)
    if locked.clocks_stopped_at is not None:
        data = {"stood_still": (ports.clock().process_now() - locked.clocks_stopped_at).total_seconds()}
        locked.clocks_stopped_at, locked.clocks_stopped_by, locked.clocks_stopped_for = None, "", ""
        _keep(locked)
        record(locked, "queue.clocks_started", data, actor)
        _go_on_later(locked, actor_of(actor))
    return locked


def let_clocks_follow() -> None:
    """Of every queue some task of which does not stand as its queue says."""
    stopped = Queue.objects.filter(clocks_stopped_at__isnull=False)
    elsewhere = ReviewTask.objects.waiting().filter(clocks_stopped_at__isnull=False)
    running = Queue.objects.filter(pk__in=elsewhere.order_by().values("queue"), clocks_stopped_at__isnull=True)
    for queue in [*stopped, *running]:
        if _that_differ(queue).exists():
            follow(queue.pk, ports.SYSTEM)


@api.on_topic(TOPIC)
def _follow(message: Mapping[str, Any], _: str) -> None:
    actor = Actor(**message["actor"])
    last = follow(message["queue"], actor, uuid.UUID(message["after"]) if message["after"] else None)
    if last is not None:
        _go_on_later(Queue(pk=message["queue"]), actor, last)


def follow(queue_id: int, actor: Actor, after: uuid.UUID | None = None) -> uuid.UUID | None:
    """Lets up to fifty tasks follow. Returns the last one's id where there may be more."""
    queue = Queue.objects.filter(pk=queue_id).first()
    if queue is None:
        return None
    differ = _that_differ(queue).order_by("id")
    found = (differ.filter(pk__gt=after) if after else differ).values_list("pk", "run_id")[:TOGETHER]
    runs = dict(found)
    try:
        _let_follow(queue_id, runs, actor)
    except Exception:
        logger.exception("The clocks of %d tasks could not follow their queue together", len(runs))
        for task, run in runs.items():  # one run's trouble is no other's
            _follow_alone(queue_id, task, run, actor)
    return max(runs) if len(runs) == TOGETHER else None


def _follow_alone(queue_id: int, task: uuid.UUID, run: uuid.UUID, actor: Actor) -> None:
    try:
        _let_follow(queue_id, {task: run}, actor)
    except Exception:
        logger.exception("The clocks of task %s could not follow its queue", task)


@transaction.atomic
def _let_follow(queue_id: int, runs: Mapping[uuid.UUID, uuid.UUID], actor: Actor) -> None:
    """These tasks, each with its run, as the queue says at this moment and as far as nobody else has hold of them."""
    free = api.hold_free_runs(runs.values())
    queue = Queue.objects.get(pk=queue_id)
    differ = _that_differ(queue).filter(pk__in=[task for task, run in runs.items() if run in free])
    reviews = {(run_id, key): pk for pk, run_id, key in differ.values_list("pk", "run_id", "key")}
    if queue.clocks_stopped_at is not None:
        by, reason = queue.clocks_stopped_by, queue.clocks_stopped_for
        followed = api.begin_outage(reviews=reviews, reason=reason, by=by, actor=actor)
        now = ports.clock().process_now()
    else:
        followed, now = api.end_outage(reviews=reviews, by=actor.label, actor=actor), None
    ReviewTask.objects.filter(pk__in=[reviews[each] for each in followed]).update(clocks_stopped_at=now)


def _that_differ(queue: Queue) -> ReviewTaskQuerySet:
    tasks = ReviewTask.objects.waiting().filter(queue=queue)
    if queue.clocks_stopped_at is not None:
        return tasks.filter(clocks_stopped_at__isnull=True, stands_still_since__isnull=True)
    return tasks.filter(clocks_stopped_at__isnull=False)


def _go_on_later(queue: Queue, actor: Actor, after: uuid.UUID | None = None) -> None:
    named = {"kind": actor.kind, "id": actor.id, "label": actor.label}
    payload = {"queue": queue.pk, "actor": named, "after": str(after) if after else ""}
    api.send_later(topic=TOPIC, key=uuid.uuid4().hex, payload=payload)


def _hold(queue: Queue, actor: Person) -> Queue:
    require(actor, "queue.lead", queue)
    return Queue.objects.select_for_update(no_key=True).get(pk=queue.pk)


def _keep(queue: Queue) -> None:
    queue.save(update_fields=("clocks_stopped_at", "clocks_stopped_by", "clocks_stopped_for"))

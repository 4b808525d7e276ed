"""The clocks of a whole queue stopped for an outage, and started again.

The queue says how it should be; its tasks follow, a hundred at a time, each in a transaction of its own. What is
interrupted goes on where it was. What came meanwhile, or could not follow yet (its run is paused, a question stops its
clock), follows with the sweeper.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from orchestration import api, ports
from orchestration.exceptions import InvalidTransition
from orchestration.ports import Actor
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.models import Queue, ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet
from reviewhub.reviews.services.holding import hold_task
from reviewhub.reviews.services.leading import reason_given, record

TOPIC = "queue.clocks"
TOGETHER = 100


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
    """Lets up to a hundred tasks follow. Returns the last one's id where there may be more."""
    queue = Queue.objects.filter(pk=queue_id).first()
    if queue is None:
        return None
    differ = _that_differ(queue).order_by("id")
    ids = list((differ.filter(pk__gt=after) if after else differ).values_list("pk", flat=True)[:TOGETHER])
    for task_id in ids:
        try:
            _let_follow(task_id, actor)
        except InvalidTransition:  # it has moved on, or stands still for another reason as well
            continue
    return ids[-1] if len(ids) == TOGETHER else None


@transaction.atomic
def _let_follow(task_id: uuid.UUID, actor: Actor) -> None:
    """As its queue says at this moment."""
    task = hold_task(task_id)
    stops = task.queue.clocks_stopped_at is not None
    if not task.is_waiting or stops == (task.clocks_stopped_at is not None):
        return
    if stops:
        by, reason = task.queue.clocks_stopped_by, task.queue.clocks_stopped_for
        api.begin_outage(run_id=task.run_id, key=task.key, reason=reason, by=by, actor=actor)
    else:
        api.end_outage(run_id=task.run_id, key=task.key, by=actor.label, actor=actor)
    now = ports.clock().process_now() if stops else None
    ReviewTask.objects.filter(pk=task.pk).update(clocks_stopped_at=now)


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

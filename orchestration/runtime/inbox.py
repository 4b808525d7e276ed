"""What a run has been told: the events it finds when it arms a wait, and what it has taken, once.

Whoever sends an event and whoever arms a wait for the same name and key meet at one lock (`meet`): so either the
sender finds the wait, or the wait finds the event. It is taken after a run's lock and before nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from orchestration.core.deciding import Arrived, MissingEvents
from orchestration.core.effects import (
    AwaitEvent,
    CancelChild,
    ChildFollows,
    EmitEvent,
    RunEnded,
    StartChild,
    TakeEvent,
    UndoChild,
)
from orchestration.models import InboxMessage, ReceivedEvent, Run, StepRun
from orchestration.ports import clock
from orchestration.runtime import outbox

LOOKED_AT = 200  # events of one name and key that a wait looks through at once
DELIVER, EMIT = "event.deliver", "event.emit"  # topics of the outbox
CHILD_START, CHILD_CANCEL, CHILD_ENDED, CHILD_UNDO = "child.start", "child.cancel", "child.ended", "child.undo"
CHILD_FOLLOWS = "child.follows"

Between = AwaitEvent | TakeEvent | EmitEvent | StartChild | CancelChild | UndoChild | ChildFollows | RunEnded


def meet(name: str, key: str, *, alone: bool) -> None:
    """Senders one after another, and none while a wait is being armed. SQLite writes one after another anyway."""
    if connection.vendor != "postgresql":
        return
    number = int.from_bytes(hashlib.sha256(awaits(name, key).encode()).digest()[:8], "big", signed=True)
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [number])


def arrived(run: Run, missing: MissingEvents) -> tuple[Arrived, ...]:
    """The events of this name and key since the run began that it has not taken, the earliest first."""
    rows = _untaken(run, missing.name, missing.key)[:LOOKED_AT]
    return tuple(Arrived(row.name, row.key, row.event_id, row.payload, row.received_at) for row in rows)


def _untaken(run: Run, name: str, key: str) -> QuerySet[ReceivedEvent]:
    """Runs that continue each other have one inbox: what one has taken is taken, what none has is there."""
    ours = Q(run=run) if run.chain is None else Q(run__chain=run.chain) | Q(run_id=run.chain)
    taken = InboxMessage.objects.filter(ours, source=source(name)).values("dedupe_key")
    found = ReceivedEvent.objects.filter(name=name, key=key, received_at__gt=run.events_since or run.started_at)
    return found.exclude(event_id__in=taken).order_by("received_at", "id")


def carry_out(run: Run, effect: Between) -> None:
    match effect:
        case AwaitEvent(path, name, key):
            _await(run, path, name, key)
        case TakeEvent(name, id_):
            take(run, source(name), id_)
        case EmitEvent(name, key, id_, payload):
            told = {"name": name, "key": key, "payload": payload, "run": str(run.id)}
            outbox.send_later(topic=EMIT, key=id_, payload=told)
        case StartChild(path, number):
            asked = {"parent": str(run.id), "path": path, "number": number}
            outbox.send_later(topic=CHILD_START, key=child_key(run.id, path, number), payload=asked)
        case CancelChild(path, number, reason):
            asked = {"parent": str(run.id), "path": path, "number": number, "reason": reason}
            outbox.send_later(topic=CHILD_CANCEL, key=child_key(run.id, path, number), payload=asked)
        case UndoChild(path, child):
            asked = {"parent": str(run.id), "path": path, "child": child}
            outbox.send_later(topic=CHILD_UNDO, key=f"{child}:{run.id}", payload=asked)
        case ChildFollows(path, number):
            asked = {"parent": str(run.id), "path": path, "number": number}
            outbox.send_later(topic=CHILD_FOLLOWS, key=f"{run.id}:{uuid.uuid4().hex}", payload=asked)
        case RunEnded():
            if run.parent_id is not None:
                outbox.send_later(topic=CHILD_ENDED, key=str(run.id), payload={"child": str(run.id)})


def child_key(parent: Any, path: str, number: int) -> str:
    return f"{parent}:{number}:{path}"[:300]


def _await(run: Run, path: str, name: str, key: str) -> None:
    """From here on senders find the wait. What came since the core looked is delivered like a new one."""
    StepRun.objects.filter(run=run, path=path).update(awaits=awaits(name, key))
    meet(name, key, alone=False)
    missed = _untaken(run, name, key).first()
    if missed is not None:
        told = {"event": missed.pk, "run": str(run.id)}
        outbox.send_later(topic=DELIVER, key=f"{missed.pk}:{run.id}:{path}"[:300], payload=told)


def take(run: Run, from_source: str, dedupe_key: str) -> None:
    """Notes that the run has taken this message. A second time is an `IntegrityError`: it never happens twice."""
    InboxMessage.objects.create(run=run, source=from_source, dedupe_key=dedupe_key, taken_at=clock().process_now())


def has_taken(run_id: Any, from_source: str, dedupe_key: str) -> bool:
    return InboxMessage.objects.filter(run_id=run_id, source=from_source, dedupe_key=dedupe_key).exists()


def source(name: str) -> str:
    return f"event:{name}"


def awaits(name: str, key: str) -> str:
    """How the step run's row says what it waits for."""
    return f"{name}\n{key}"

"""Events: taking them in once, and telling each run that waits for them by name and key in a transaction of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orchestration.core.events import EventArrived
from orchestration.core.language.check_waits import EVENT
from orchestration.core.state import OPEN_RUN
from orchestration.exceptions import InvalidInput, InvalidTransition
from orchestration.models import InboxMessage, ReceivedEvent, StepRun
from orchestration.ports import SYSTEM, Actor, clock
from orchestration.runtime import inbox, outbox
from orchestration.runtime.advance import commit, consider, fire_due
from orchestration.runtime.naming_documents import name_documents
from orchestration.runtime.plain import plain
from orchestration.runtime.store import hold
from orchestration.runtime.triggered import start_triggered

LONGEST_ID = 255
MOST_NAMED = 100  # runs in an answer
KEPT = timedelta(days=90)  # after that an event is forgotten, and so is that it was sent


@dataclass(frozen=True, slots=True)
class Sent:
    """`created` is False where the same event had been sent before. `runs` have taken it, or wait for it now."""

    event_id: str
    created: bool
    runs: tuple[str, ...] = ()


def send_event(*, name: str, key: str, payload: Mapping[str, Any], actor: Actor, event_id: str | None = None) -> Sent:
    """Takes an event in, once for its id. Runs that wait for it, and workflows that it starts, hear of it after the
    commit. Raises `InvalidInput`."""
    _check(name, key, event_id)
    name_documents(payload, actor=actor)
    with transaction.atomic():
        inbox.meet(name, key, alone=True)
        event, created = ReceivedEvent.objects.get_or_create(
            name=name,
            event_id=event_id or uuid.uuid4().hex,
            defaults={
                "key": key,
                "payload": plain(payload),
                "sender": actor.label[:150],
                "received_at": clock().process_now(),
                "stored_at": clock().system_now(),
            },
        )
        if created:
            outbox.send_later(topic=inbox.DELIVER, key=str(event.pk), payload={"event": event.pk})
        return _sent(event, created=created)


def sent_before(name: str, event_id: str) -> Sent | None:
    """What was answered when this event came for the first time, with the runs of now."""
    event = ReceivedEvent.objects.filter(name=name, event_id=event_id).first()
    return _sent(event, created=False) if event is not None else None


def _sent(event: ReceivedEvent, *, created: bool) -> Sent:
    waiting = set(_runs_waiting_for(event)[:MOST_NAMED])
    if not created:
        taken = InboxMessage.objects.filter(dedupe_key=event.event_id, source=inbox.source(event.name))
        waiting |= set(taken.order_by().values_list("run_id", flat=True)[:MOST_NAMED])
    return Sent(event.event_id, created, tuple(sorted(map(str, waiting)))[:MOST_NAMED])


def _check(name: str, key: str, event_id: str | None) -> None:
    faults = []
    if not EVENT.fullmatch(name):
        faults.append({"path": "/name", "message": "An event's name has small letters, digits, dots, - and _."})
    if not 1 <= len(key) <= 255 or plain(key) != key:
        faults.append({"path": "/key", "message": "A key has 1 to 255 characters."})
    if event_id is not None and not 1 <= len(event_id) <= LONGEST_ID:
        faults.append({"path": "/event_id", "message": "An event's id has 1 to 255 characters."})
    if faults:
        raise InvalidInput(faults)


@outbox.on_topic(inbox.EMIT)
def _emit(message: Mapping[str, Any], key: str) -> None:
    """An event that a run has emitted goes the way of every other one."""
    sender = Actor("system", f"run:{message['run']}", f"Run {message['run']}")
    send_event(name=message["name"], key=message["key"], payload=message["payload"], actor=sender, event_id=key)


@outbox.on_topic(inbox.DELIVER)
def _deliver(message: Mapping[str, Any], _: str) -> None:
    """Raising means once more, later: runs that have taken the event by then are not told again."""
    event = ReceivedEvent.objects.filter(pk=message["event"]).first()
    if event is None:
        return
    if "run" in message:
        _tell(message["run"], event)
        return
    for run_id in sorted(set(_runs_waiting_for(event))):
        _tell(run_id, event)
    start_triggered(event)


def _tell(run_id: Any, event: ReceivedEvent) -> None:
    """Moves on the wait of this run that has waited longest, unless the run has taken the event before."""
    with transaction.atomic():
        held = hold(run_id, about="")
        fire_due(held, event.received_at)
        path = _waiting_for(event).filter(run_id=run_id).order_by("position").values_list("path", flat=True).first()
        if path is None or inbox.has_taken(run_id, inbox.source(event.name), event.event_id):
            return
        arrived = EventArrived(path, event.name, event.key, event.event_id, event.payload, event.received_at)
        try:
            decided = consider(held, arrived)
        except InvalidTransition:
            return
        commit(held, decided, SYSTEM)


def _waiting_for(event: ReceivedEvent) -> QuerySet[StepRun]:
    return StepRun.objects.filter(status=StepRun.Status.WAITING, awaits=inbox.awaits(event.name, event.key))


def _runs_waiting_for(event: ReceivedEvent) -> QuerySet[StepRun, Any]:
    return _waiting_for(event).filter(run__status__in=OPEN_RUN).order_by().values_list("run_id", flat=True)


def forget_old_events() -> int:
    """Those that were kept long enough, but never one that still waits for somebody. Returns how many."""
    old = ReceivedEvent.objects.filter(stored_at__lt=clock().system_now() - KEPT, refused_at__isnull=True)
    return old.delete()[0]

"""Events: taking them in once, and telling each run that waits for them by name and key in a transaction of its own."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orchestration.core.events import EventArrived
from orchestration.core.language.check_waits import EVENT
from orchestration.core.language.expressions import ExpressionError, compile_value
from orchestration.core.state import OPEN_RUN
from orchestration.exceptions import InvalidInput, InvalidTransition
from orchestration.models import ReceivedEvent, Run, StepRun, Workflow
from orchestration.ports import SYSTEM, Actor, clock
from orchestration.runtime import inbox, outbox
from orchestration.runtime.advance import commit, consider, fire_due
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.plain import plain
from orchestration.runtime.starting import Wanted, start_wanted, startable
from orchestration.runtime.store import hold

logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # after that an event is forgotten, and so is that it was sent


@dataclass(frozen=True, slots=True)
class Sent:
    """`created` is False where the same event had been sent before."""

    event_id: str
    created: bool


def send_event(*, name: str, key: str, payload: Mapping[str, Any], actor: Actor, event_id: str | None = None) -> Sent:
    """Takes an event in, once for its id. Runs that wait for it, and workflows that it starts, hear of it after the
    commit. Raises `InvalidInput`."""
    _check(name, key, event_id)
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
    return Sent(event.event_id, created)


def _check(name: str, key: str, event_id: str | None) -> None:
    faults = []
    if not EVENT.fullmatch(name):
        faults.append({"path": "/name", "message": "An event's name has small letters, digits, dots, - and _."})
    if not 1 <= len(key) <= 255 or plain(key) != key:
        faults.append({"path": "/key", "message": "A key has 1 to 255 characters."})
    if event_id is not None and not 1 <= len(event_id) <= 255:
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
    runs = _waiting_for(event).filter(run__status__in=OPEN_RUN).order_by().values_list("run_id", flat=True)
    for run_id in sorted(set(runs)):
        _tell(run_id, event)
    _start(event)


def _tell(run_id: Any, event: ReceivedEvent) -> None:
    """Moves on the wait of this run that has waited longest, unless the run has taken the event before."""
    with transaction.atomic():
        held = hold(run_id)
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


def _start(event: ReceivedEvent) -> None:
    """Starts what this event triggers, once. What does not fit a workflow's input is kept with the event."""
    refusals = []
    for workflow in startable().filter(current__isnull=False).order_by("name"):
        for trigger in definition_of(workflow.current).triggers if workflow.current else ():
            if trigger.get("event", {}).get("name") == event.name:
                refusals += _refused(event, workflow, trigger["event"])
    if refusals:
        logger.warning("The event %s %s did not start %s", event.name, event.event_id, refusals[0]["workflow"])
        ReceivedEvent.objects.filter(pk=event.pk).update(refusals=refusals)


def _refused(event: ReceivedEvent, workflow: Workflow, trigger: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Starts a run. What kept it from starting, if anything did."""
    sender = Actor("system", f"event:{event.name}", f"Event {event.name}"[:150])
    id_ = f"event:{event.name}:{event.event_id}"[:255]
    try:
        given = _input(event, trigger)
        with transaction.atomic():
            started = start_wanted(Wanted(workflow, given, sender, f"event:{event.name}"[:100], id_))
            if started.created:  # what began the run is not what a wait in it waits for
                inbox.take(Run.objects.get(pk=started.run_id), inbox.source(event.name), event.event_id)
    except (InvalidInput, ExpressionError) as error:
        return [{"workflow": workflow.name, "message": str(error), "faults": getattr(error, "faults", [])}]
    return []


def _input(event: ReceivedEvent, trigger: Mapping[str, Any]) -> Any:
    if "map" not in trigger:
        return event.payload
    message = {"id": event.event_id, "key": event.key, "payload": event.payload}
    return compile_value(trigger["map"]).evaluate({"message": message})


def _waiting_for(event: ReceivedEvent) -> QuerySet[StepRun]:
    return StepRun.objects.filter(status=StepRun.Status.WAITING, awaits=inbox.awaits(event.name, event.key))


def forget_old_events() -> int:
    """Those that were kept long enough. Returns how many."""
    return ReceivedEvent.objects.filter(stored_at__lt=clock().system_now() - KEPT).delete()[0]

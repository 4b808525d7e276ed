"""Runs that events start, and events that could not start what they should: kept with the reason until somebody has
seen to them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orchestration.core.language.expressions import ExpressionError, compile_value
from orchestration.exceptions import InvalidInput, NotFound
from orchestration.models import ReceivedEvent, Run, Workflow
from orchestration.ports import Actor, clock
from orchestration.runtime import inbox
from orchestration.runtime.audit import record_change
from orchestration.runtime.definitions import definition_of
from orchestration.runtime.starting import Wanted, start_wanted, startable

logger = logging.getLogger(__name__)


def start_triggered(event: ReceivedEvent) -> bool:
    """Starts what this event triggers, once. False where something was refused; that is kept with the event."""
    refusals = []
    for workflow in startable().filter(current__isnull=False).order_by("name"):
        for trigger in definition_of(workflow.current).triggers if workflow.current else ():
            if trigger.get("event", {}).get("name") == event.name:
                refusals += _refused(event, workflow, trigger["event"])
    if refusals:
        logger.warning("The event %s %s did not start %s", event.name, event.event_id, refusals[0]["workflow"])
    if refusals or event.refused_at is not None:
        since = event.refused_at or clock().process_now()
        kept = {"refusals": refusals, "refused_at": since if refusals else None}
        ReceivedEvent.objects.filter(pk=event.pk).update(**kept)
    return not refusals


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


# ---- what somebody does about a refused one ----------------------------------------------------


def refused_events() -> QuerySet[ReceivedEvent]:
    return ReceivedEvent.objects.filter(refused_at__isnull=False)


def start_refused_again(*, event_id: int, actor: Actor) -> bool:
    """Tries again what the event should have started, on the workflows as they are published now. Whether all of it
    is started. What it has started before is not started twice. Raises `NotFound`."""
    event = _refused_event(event_id)
    started = start_triggered(event)
    record_change(
        chain=_chain(event), kind="event.tried_again", data={**_named(event), "started": started}, actor=actor
    )
    return started


@transaction.atomic
def drop_refused(*, event_id: int, reason: str, actor: Actor) -> None:
    """Nothing is started by it any more. The event stays for runs that wait for it. Raises `NotFound`."""
    event = _refused_event(event_id)
    data = {**_named(event), "reason": reason, "workflows": [each["workflow"] for each in event.refusals]}
    record_change(chain=_chain(event), kind="event.dropped", data=data, values={"payload": event.payload}, actor=actor)
    ReceivedEvent.objects.filter(pk=event.pk).update(refused_at=None)


def _refused_event(event_id: int) -> ReceivedEvent:
    event = refused_events().filter(pk=event_id).first()
    if event is None:
        raise NotFound(f"There is no refused event {event_id} any more: it has started what it should, or was dropped.")
    return event


def _chain(event: ReceivedEvent) -> str:
    return f"event:{event.name}"


def _named(event: ReceivedEvent) -> dict[str, Any]:
    return {"event": event.event_id, "key": event.key}

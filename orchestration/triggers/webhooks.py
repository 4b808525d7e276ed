"""Webhooks that come in: proving the sender, and taking what the message starts or tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestration.exceptions import NotFound, OrchestrationError
from orchestration.ports import clock
from orchestration.runtime.events import Sent
from orchestration.runtime.naming_documents import name_documents
from orchestration.runtime.starting import Started, Wanted, start_many, start_wanted
from orchestration.triggers.addresses import WebhookTrigger, webhook_trigger
from orchestration.triggers.json_body import read_json_object
from orchestration.triggers.signatures import UnusableSecret, verify
from orchestration.triggers.told_events import tell


class TriggerNotReady(OrchestrationError):
    """The connection that would prove the sender is missing, switched off or without a usable secret."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event as it came. `headers` have names in lower case."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


Taken = Started | Sent  # the run that answers, or the event that was told


def accept_webhook(*, trigger: WebhookTrigger, headers: Mapping[str, str], body: bytes) -> Taken:
    """Starts the run that the message asks for, or tells the event that it is, once for its `webhook-id`.

    Raises `TriggerNotReady`, `BadSignature`, `StaleSignature`, `MalformedBody`, `InvalidInput`.
    """
    taken = _taken(trigger, Arrived(trigger.path, headers, body))
    return start_wanted(taken) if isinstance(taken, Wanted) else taken


def accept_webhooks(arrived: Sequence[Arrived]) -> list[Taken | Exception]:
    """As `accept_webhook` for several: in its place stands what each is answered or what it raised. Those that start
    runs are taken in one transaction.

    Raises what the database raises when it is away; then nothing was taken, and all may be tried again.
    """
    triggers = {path: webhook_trigger(path) for path in {event.path for event in arrived}}
    answers = [_read(triggers[event.path], event) for event in arrived]
    places = [place for place, answer in enumerate(answers) if isinstance(answer, Wanted)]
    started = start_many([answer for answer in answers if isinstance(answer, Wanted)]) if places else []
    done: dict[int, Taken | Exception] = dict(zip(places, started, strict=True))
    return [done[place] if isinstance(answer, Wanted) else answer for place, answer in enumerate(answers)]


def _read(trigger: WebhookTrigger | None, event: Arrived) -> Wanted | Sent | Exception:
    if trigger is None:
        return NotFound("There is no webhook at this address.")
    try:
        return _taken(trigger, event)
    except OrchestrationError as error:
        return error


def _taken(trigger: WebhookTrigger, event: Arrived) -> Wanted | Sent:
    """What starts runs is told to start them; an event is told at once."""
    return _wanted(trigger, event) if trigger.event is None else tell(trigger, trigger.event, *_shown(trigger, event))


def _wanted(trigger: WebhookTrigger, event: Arrived) -> Wanted:
    event_id, given = _shown(trigger, event)
    return Wanted(
        trigger.workflow,
        input=given,
        actor=trigger.sender,
        source=f"webhook:{trigger.path}"[:100],
        event_id=event_id,
    )


def _shown(trigger: WebhookTrigger, event: Arrived) -> tuple[str, dict[str, Any]]:
    """The message's id and its body, of a sender that has proven itself."""
    message_id = _proven(trigger, event.headers, event.body)
    given = read_json_object(event.body)
    name_documents(given, actor=trigger.sender, workflow=trigger.workflow.name)
    return message_id, given


def _proven(trigger: WebhookTrigger, headers: Mapping[str, str], body: bytes) -> str:
    try:
        return verify(trigger.secret, headers, body, clock().system_now())
    except UnusableSecret:
        raise TriggerNotReady(f"The connection of the webhook {trigger.path!r} cannot prove its sender.") from None

"""Webhooks that come in: proving the sender and taking one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.exceptions import NotFound, OrchestrationError
from orchestration.ports import Actor, clock
from orchestration.runtime.starting import Started, Wanted, start_many, start_wanted
from orchestration.triggers.addresses import WebhookTrigger, webhook_trigger
from orchestration.triggers.json_body import read_json_object
from orchestration.triggers.signatures import UnusableSecret, verify


class TriggerNotReady(OrchestrationError):
    """The connection that would prove the sender is missing, switched off or without a usable secret."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event as it came. `headers` have names in lower case."""

    path: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def accept_webhook(*, trigger: WebhookTrigger, headers: Mapping[str, str], body: bytes) -> Started:
    """Starts the run that the event asks for, once for its `webhook-id`.

    Raises `TriggerNotReady`, `BadSignature`, `StaleSignature`, `MalformedBody`, `InvalidInput`.
    """
    return start_wanted(_wanted(trigger, Arrived(trigger.path, headers, body)))


def accept_webhooks(arrived: Sequence[Arrived]) -> list[Started | Exception]:
    """As `accept_webhook` for several in one transaction: in its place stands what each is answered or what it raised.

    Raises what the database raises when it is away; then nothing was taken, and all may be tried again.
    """
    triggers = {path: webhook_trigger(path) for path in {event.path for event in arrived}}
    answers = [_read(triggers[event.path], event) for event in arrived]
    places = [place for place, answer in enumerate(answers) if isinstance(answer, Wanted)]
    started = start_many([answer for answer in answers if isinstance(answer, Wanted)]) if places else []
    done: dict[int, Started | Exception] = dict(zip(places, started, strict=True))
    return [done[place] if isinstance(answer, Wanted) else answer for place, answer in enumerate(answers)]


def _read(trigger: WebhookTrigger | None, event: Arrived) -> Wanted | Exception:
    if trigger is None:
        return NotFound("There is no webhook at this address.")
    try:
        return _wanted(trigger, event)
    except OrchestrationError as error:
        return error


def _wanted(trigger: WebhookTrigger, event: Arrived) -> Wanted:
    event_id = _proven(trigger, event.headers, event.body)
    return Wanted(
        trigger.workflow,
        input=read_json_object(event.body),
        actor=Actor("system", f"connection:{trigger.connection}", f"Webhook {trigger.path}"[:150]),
        source=f"webhook:{trigger.path}"[:100],
        event_id=event_id,
    )


def _proven(trigger: WebhookTrigger, headers: Mapping[str, str], body: bytes) -> str:
    try:
        return verify(trigger.secret, headers, body, clock().system_now())
    except UnusableSecret:
        raise TriggerNotReady(f"The connection of the webhook {trigger.path!r} cannot prove its sender.") from None

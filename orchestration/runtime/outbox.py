"""Messages that leave the database: written with the change that causes them, sent after its commit, removed once
sent. Sending happens at least once; the key lets the receiver count it once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction

from orchestration.models import OutboxMessage
from orchestration.ports import clock

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any], str], None]
CLAIM = timedelta(seconds=60)  # how long one sender has before another may try
LONGEST_WAIT = timedelta(hours=1)

_handlers: dict[str, Handler] = {}
_gathered: ContextVar[list[OutboxMessage] | None] = ContextVar("gathered", default=None)


def on_topic(topic: str) -> Callable[[Handler], Handler]:
    """Registers what sends messages of a topic: `handler(payload, key)`. Raising means: try again later."""

    def register(handler: Handler) -> Handler:
        _handlers[topic] = handler
        return handler

    return register


def send_later(*, topic: str, key: str, payload: Mapping[str, Any], delay_seconds: float = 0) -> None:
    """Puts a message into the caller's transaction. The same topic and key are sent once."""
    available_at = clock().system_now() + timedelta(seconds=delay_seconds)
    if (gathered := _gathered.get()) is not None:
        gathered.append(OutboxMessage(topic=topic, key=key, payload=payload, available_at=available_at))
        return
    message, created = OutboxMessage.objects.get_or_create(
        topic=topic, key=key, defaults={"payload": payload, "available_at": available_at}
    )
    if created and delay_seconds <= 0:
        transaction.on_commit(partial(_hint, message.pk), robust=True)


@contextmanager
def sent_together() -> Iterator[None]:
    """What is put into the transaction meanwhile is written at the end, all of it in two statements."""
    gathered: list[OutboxMessage] = []
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    if not gathered:
        return
    now, keys = clock().system_now(), {(message.topic, message.key) for message in gathered}
    OutboxMessage.objects.bulk_create(gathered, ignore_conflicts=True)
    due = OutboxMessage.objects.filter(key__in={key for _, key in keys}, available_at__lte=now, attempts=0)
    for pk, topic, key in due.values_list("pk", "topic", "key"):
        if (topic, key) in keys:
            transaction.on_commit(partial(_hint, pk), robust=True)


def _hint(message_id: int) -> None:
    from orchestration.tasks import send_message

    try:
        send_message.apply_async(args=(message_id,), queue="orchestration", retry=False, ignore_result=True)
    except Exception as error:  # noqa: BLE001 - the row is still there, the sweeper sends it
        logger.warning("No hint for message %s, the sweeper will send it: %s", message_id, type(error).__name__)


def send(message_id: int) -> bool:
    """Claims and sends one message. False where somebody else has it, it is not due, or sending failed."""
    now = clock().system_now()
    due = OutboxMessage.objects.filter(pk=message_id, available_at__lte=now)
    if due.update(available_at=now + CLAIM) != 1:
        return False
    message = OutboxMessage.objects.get(pk=message_id)
    try:
        _handlers[message.topic](message.payload, message.key)
    except Exception as error:  # noqa: BLE001 - whatever the other side did, the message is kept and tried again
        _put_back(message, error)
        return False
    message.delete()
    return True


def _put_back(message: OutboxMessage, error: Exception) -> None:
    wait = min(timedelta(seconds=2 ** min(message.attempts + 1, 12)), LONGEST_WAIT)
    logger.warning("Message %s of topic %s was not sent: %s", message.pk, message.topic, type(error).__name__)
    OutboxMessage.objects.filter(pk=message.pk).update(
        attempts=message.attempts + 1,
        last_error=f"{type(error).__name__}: {error}"[:500],
        available_at=clock().system_now() + wait,
    )


def send_due(limit: int = 100) -> int:
    """Sends what is due. Returns how many were sent."""
    now = clock().system_now()
    due = OutboxMessage.objects.filter(available_at__lte=now).order_by("available_at")
    return sum(send(pk) for pk in due.values_list("pk", flat=True)[:limit])

"""How a notice travels beyond the application: pushed first, mailed where it is still pending, or gathered in a digest.

What it is said in is decided when it is told; whether it is still needed is asked again when it leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.chat.messages import POSTS
from reviewhub.notifications.digests import DIGESTS
from reviewhub.notifications.mail import TOPIC as MAILS
from reviewhub.notifications.models import Notice
from reviewhub.notifications.push.devices import TOPIC as PUSHES
from reviewhub.notifications.ways import DIGEST, NOW, OFF, PENDING, Ways


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody's ways, the devices they are told on, and for how long this is held, in seconds of system time."""

    person: Person
    ways: Ways
    devices: Sequence[int]
    held: float
    waits: bool = False  # for the person's own hours: what is settled by then is not sent any more
    chats: bool = False  # whether they are linked to somebody in the chat

    def is_gathered(self, kind: str) -> bool:
        return self.ways.of("mail", kind) == DIGEST


def send(notice: Notice, journey: Journey) -> None:
    """Puts what is to leave into the outbox, in the caller's transaction."""
    payload: dict[str, Any] = {"notice": notice.pk, **({"pending": True} if journey.waits else {})}
    pushed = journey.devices if journey.ways.of("push", notice.kind) == NOW else ()
    for device in pushed:
        to_one = {**payload, "device": device}
        api.send_later(topic=PUSHES, key=f"push:{notice.pk}:{device}", payload=to_one, delay_seconds=journey.held)
    if notice.task_id is not None and journey.chats and journey.ways.of("chat", notice.kind) == NOW:
        api.send_later(topic=POSTS, key=f"chat:{notice.pk}", payload=payload, delay_seconds=journey.held)
    match journey.ways.of("mail", notice.kind):
        case way if way == DIGEST:
            _gather(journey)
        case way if way == PENDING and pushed:
            later = journey.held + 60.0 * journey.ways.mail_after
            _mail(notice, {**payload, "pending": True}, later)
        case way if way != OFF:
            _mail(notice, payload, journey.held)


def _mail(notice: Notice, payload: dict[str, Any], delay: float) -> None:
    api.send_later(topic=MAILS, key=f"notice:{notice.pk}", payload=payload, delay_seconds=delay)


def _gather(journey: Journey) -> None:
    """One message for each of the person's chosen hours, however many notices it will tell."""
    clock = ports.clock()
    now, speed = clock.process_now(), clock.speed()
    at = journey.ways.next_digest(journey.person, now)
    delay = (at - now).total_seconds() / speed if speed else 0.0
    key = f"digest:{journey.person.pk}:{at.isoformat()}"
    api.send_later(topic=DIGESTS, key=key, payload={"person": journey.person.pk}, delay_seconds=delay)

"""How a notice travels beyond the application: told at once, mailed where it is still pending, or gathered in a digest.

What it is said in is decided when it is told; whether it is still needed is asked again when it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestration import api, ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.delivering import deliver_later
from reviewhub.notifications.channels.known import channels
from reviewhub.notifications.channels.port import DIGEST, NOW, PENDING
from reviewhub.notifications.digests import DIGESTS
from reviewhub.notifications.models import Notice
from reviewhub.notifications.ways import Ways

Reached = Mapping[str, Mapping[int, Sequence[str]]]  # by channel, by person: where they are reached


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody's ways, where they are reached, and for how long this is held, in seconds of system time."""

    person: Person
    ways: Ways
    reached: Reached
    held: float

    def addresses(self, kind: str, way: str) -> list[tuple[str, str]]:
        """(channel, address), wherever this kind of notice goes this way."""
        return [
            (name, address)
            for name, people in self.reached.items()
            if self.ways.of(name, kind) == way
            for address in people.get(self.person.pk, ())
        ]


def reached(people: Iterable[Person]) -> Reached:
    asked = list(people)
    return {channel.name: channel.addresses_of(asked) for channel in channels()}


def send(notice: Notice, journey: Journey) -> None:
    """Puts what is to leave into the outbox, in the caller's transaction."""
    at_once = journey.addresses(notice.kind, NOW)
    for channel, address in at_once:
        deliver_later(notice, channel, address, journey.held)
    patience = 60.0 * journey.ways.mail_after if at_once else 0.0
    for channel, address in journey.addresses(notice.kind, PENDING):
        deliver_later(notice, channel, address, journey.held + patience)
    if notice.in_digest:
        _gather(journey)


def is_gathered(journey: Journey, kind: str) -> bool:
    return bool(journey.addresses(kind, DIGEST))


def _gather(journey: Journey) -> None:
    """One message for each of the person's chosen hours, however many notices it will tell."""
    clock = ports.clock()
    now, speed = clock.process_now(), clock.speed()
    at = journey.ways.next_digest(journey.person, now)
    delay = (at - now).total_seconds() / speed if speed else 0.0
    key = f"digest:{journey.person.pk}:{at.isoformat()}"
    api.send_later(topic=DIGESTS, key=key, payload={"person": journey.person.pk}, delay_seconds=delay)

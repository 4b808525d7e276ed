"""How somebody wants to be told of each kind of notice, on each channel.

In the application everything is told at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.known import channel_named, channels
from reviewhub.notifications.channels.port import DIGEST, OFF
from reviewhub.notifications.mail import GATHERED, Mail
from reviewhub.notifications.models import Notice, TellingChoice

MAIL_AFTER = 15  # minutes
LONGEST_AFTER = 24 * 60
DIGEST_HOURS = (8,)


class InvalidWays(Exception):
    """This is no way of being told; `faults` are {"path", "message"}."""

    def __init__(self, faults: list[dict[str, str]]) -> None:
        self.faults = faults
        super().__init__(" ".join(fault["message"] for fault in faults))


@dataclass(frozen=True, slots=True)
class Ways:
    """`chosen` is what differs from the defaults: {"mail": {"asked": "digest"}}."""

    mail_after: int = MAIL_AFTER  # minutes that a push has, before a mail says the same
    digest_hours: tuple[int, ...] = DIGEST_HOURS  # of the person's zone
    chosen: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, channel: str, kind: str) -> str:
        return self.chosen.get(channel, {}).get(kind) or usual(channel)

    def next_digest(self, person: Person, at: datetime) -> datetime:
        """The first chosen hour after `at`, by the person's clock."""
        local = at.astimezone(person.timezone)
        days = (local.date() + timedelta(days=ahead) for ahead in range(3))
        hours = [datetime.combine(day, time(hour), person.timezone) for day in days for hour in self.digest_hours]
        return min(hour for hour in hours if hour > at)


def usual(channel: str) -> str:
    """The way of whoever has chosen none."""
    found = channel_named(channel)
    return found.ways[0] if found else ""


def ways_of(people: Iterable[Person]) -> dict[int, Ways]:
    """By person: one query for all. Who has chosen nothing is told in the usual ways."""
    asked = [person.pk for person in people]
    chosen = {row.person_id: _read(row) for row in TellingChoice.objects.filter(person__in=asked)} if asked else {}
    return {pk: chosen.get(pk, Ways()) for pk in asked}


@transaction.atomic
def choose_ways(
    *, actor: Person, mail_after: Any, digest_hours: Iterable[Any], chosen: Mapping[str, Mapping[str, Any]]
) -> Ways:
    """One's own alone. Raises InvalidWays with every fault."""
    hours = list(digest_hours)
    faults = [*_wrong_numbers(mail_after, hours), *_wrong_ways(chosen)]
    if faults:
        raise InvalidWays(faults)
    kept = {
        channel: {kind: way for kind, way in ways.items() if way != usual(channel)} for channel, ways in chosen.items()
    }
    values = {"mail_after": mail_after, "digest_hours": sorted(set(hours)), "chosen": kept}
    row, _ = TellingChoice.objects.update_or_create(person=actor, defaults=values)
    return _read(row)


def stop_mails(*, person: Person, kind: str) -> None:
    """As the link of a mail asks: of one kind, or, where the kind is GATHERED, of all that comes in digests."""
    ways = ways_of([person])[person.pk]
    mails = dict(ways.chosen.get(Mail.name, {}))
    stopped = [each for each, way in mails.items() if way == DIGEST] if kind == GATHERED else [kind]
    chosen = {**ways.chosen, Mail.name: {**mails, **dict.fromkeys(stopped, OFF)}}
    choose_ways(actor=person, mail_after=ways.mail_after, digest_hours=ways.digest_hours, chosen=chosen)


def _read(row: TellingChoice) -> Ways:
    return Ways(row.mail_after, tuple(row.digest_hours), row.chosen)


def _wrong_numbers(mail_after: Any, hours: list[Any]) -> Iterable[dict[str, str]]:
    if not _whole(mail_after, 1, LONGEST_AFTER):
        yield {
            "path": "/mail_after",
            "message": _("Minutes from 1 to %(most)s, as a whole number.") % {"most": LONGEST_AFTER},
        }
    if not hours or not all(_whole(hour, 0, 23) for hour in hours):
        yield {"path": "/digest_hours", "message": _("Hours from 0 to 23, one at least.")}


def _whole(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _wrong_ways(chosen: Mapping[str, Mapping[str, Any]]) -> Iterable[dict[str, str]]:
    for channel, ways in chosen.items():
        known = channel_named(channel)
        if known is None:
            names = ", ".join(each.name for each in channels())
            yield {
                "path": f"/ways/{channel}",
                "message": _("There is no channel “%(channel)s”: %(names)s.") % {"channel": channel, "names": names},
            }
            continue
        for kind, way in ways.items():
            if kind not in Notice.Kind.values:
                yield {
                    "path": f"/ways/{channel}/{kind}",
                    "message": _("There is no notice of the kind “%(kind)s”.") % {"kind": kind},
                }
            elif way not in known.ways:
                yield {
                    "path": f"/ways/{channel}/{kind}",
                    "message": _("Told by %(channel)s: %(ways)s.")
                    % {"channel": channel, "ways": ", ".join(known.ways)},
                }

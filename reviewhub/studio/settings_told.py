"""What was done to workflows and settings, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.studio.starting import readable
from reviewhub.studio.wording import length

Data = Mapping[str, Any]
Words = str | Promise


def _published(who: str, data: Data) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    return _("%(who)s published version %(number)s") % {"who": who, "number": data["to"]} + note


def _activated(who: str, data: Data) -> str:
    before, now = data.get("from"), data["to"]
    said = {"who": who, "old": before, "new": now}
    if before is None:
        return _("%(who)s took version %(new)s") % said
    if before > now:
        return _("%(who)s went back from version %(old)s to version %(new)s") % said
    return _("%(who)s went on from version %(old)s to version %(new)s") % said


def _role(words: Words, of_one: Words) -> Callable[[str, Data], str]:
    """Of all workflows, or of one."""

    def told(who: str, data: Data) -> str:
        said = {"who": who, "role": readable(str(data["role"])).lower(), "workflow": data.get("workflow")}
        return str(of_one if said["workflow"] else words) % said

    return told


def _changed(words: Words) -> Callable[[str, Data], str]:
    """Settings that say which of their parts are new: by `changed`, or by telling nothing else."""

    def told(who: str, data: Data) -> str:
        parts = data.get("changed", data)
        names = ", ".join(readable(name).lower() for name in parts if name not in ("version", "kind", "body"))
        said = str(words) % {"who": who}
        said += _(", version %(number)s") % {"number": data["version"]} if "version" in data else ""
        return f"{said}: {names}" if names else said

    return told


def _absent(who: str, data: Data) -> str:
    said = {"who": who, "first": _day(data["starts_at"]), "last": _day(data["ends_at"]), "other": data.get("delegate")}
    if data.get("delegate"):
        return _("%(who)s set an absence from %(first)s to %(last)s, with %(other)s standing in") % said
    return _("%(who)s set an absence from %(first)s to %(last)s") % said


def _present(who: str, data: Data) -> str:
    return _("%(who)s removed the absence from %(day)s") % {"who": who, "day": _day(data["starts_at"])}


def _day(instant: Any) -> str:
    """In the zone of whoever reads it."""
    return timezone.localtime(datetime.fromisoformat(str(instant))).date().isoformat()


def _paused(who: str, data: Data) -> str:
    all_of_it, new_ones = _("%(who)s paused it, its open runs too"), _("%(who)s paused it, new runs only")
    return (all_of_it if data["holds_open"] else new_ones) % {"who": who} + f": {data['reason']}"


def _sent(who: str, data: Data) -> str:
    went, failed = (
        _("%(who)s sent the message %(key)s by hand: it went"),
        _("%(who)s sent the message %(key)s by hand: it failed again"),
    )
    return (went if data["sent"] else failed) % {"who": who, "key": data["key"]}


def _tried(who: str, data: Data) -> str:
    started, refused = (
        _("%(who)s tried again what the event %(key)s should start: it is started"),
        _("%(who)s tried again what the event %(key)s should start: it was refused again"),
    )
    return (started if data["started"] else refused) % {"who": who, "key": data["key"]}


def _after(words: Words, key: str) -> Callable[[str, Data], str]:
    """After a length of time, which the event has under `key`."""
    return lambda who, data: str(words) % {"who": who, "span": length(data[key])}


def _plain(words: Words) -> Callable[[str, Data], str]:
    """With what the event says."""
    return lambda who, data: str(words) % {"version": "", **data, "who": who}


def _token_made(who: str, data: Data) -> str:
    said = _("%(who)s made the token %(name)s of %(person)s, for %(scopes)s")
    return said % {**data, "who": who, "scopes": ", ".join(data["scopes"])}


SETTINGS: Mapping[str, Callable[[str, Data], str]] = {
    "workflow.published": _published,
    "workflow.activated": _activated,
    "workflow.paused": _paused,
    "workflow.resumed": _after(_lazy("%(who)s let it go on, after %(span)s"), "paused_for"),
    "workflow.version_kept": _plain(_lazy("%(who)s asked for a review of a new shape, kept as version %(version)s")),
    "workflow.draft_saved": _plain(_lazy("%(who)s saved the draft, revision %(revision)s")),
    "role.granted": _role(
        _lazy("%(who)s granted the role %(role)s"), _lazy("%(who)s granted the role %(role)s of %(workflow)s")
    ),
    "role.withdrawn": _role(
        _lazy("%(who)s withdrew the role %(role)s"), _lazy("%(who)s withdrew the role %(role)s of %(workflow)s")
    ),
    "absence.set": _absent,
    "absence.removed": _present,
    "queue.changed": _changed(_lazy("%(who)s changed the queue")),
    "queue.held": _plain(_lazy("%(who)s held the queue: %(reason)s")),
    "queue.went_on": _after(_lazy("%(who)s let the queue go on, after %(span)s"), "held_for"),
    "queue.clocks_stopped": _plain(_lazy("%(who)s stopped the clocks of the queue: %(reason)s")),
    "queue.clocks_started": _after(_lazy("%(who)s started the clocks of the queue, after %(span)s"), "stood_still"),
    "queue.member_set": _plain(_lazy("%(who)s made %(person)s a %(role)s of the queue")),
    "queue.member_removed": _plain(_lazy("%(who)s took %(person)s out of the queue")),
    "queue.known_answer_marked": _plain(_lazy("%(who)s said that %(outcome)s is right for %(title)s")),
    "queue.known_answer_removed": _plain(_lazy("%(who)s takes the answer to %(title)s for known no longer")),
    "calendar.changed": _changed(_lazy("%(who)s changed the calendar")),
    "policy.changed": _changed(_lazy("%(who)s changed the policy")),
    "reason.changed": _changed(_lazy("%(who)s changed the reason")),
    "connection.changed": _changed(_lazy("%(who)s changed the connection")),
    "decision_point.published": _plain(_lazy("%(who)s published a wording of the question, version %(version)s")),
    "past_decisions.imported": _plain(_lazy("%(who)s brought in %(cases)s past decisions")),
    "message.sent_by_hand": _sent,
    "message.dropped": _plain(_lazy("%(who)s dropped the message %(key)s: %(reason)s")),
    "event.tried_again": _tried,
    "event.dropped": _plain(_lazy("%(who)s dropped the event %(key)s, which starts nothing more: %(reason)s")),
    "limit.made": _changed(_lazy("%(who)s changed the limit")),
    "limit.changed": _changed(_lazy("%(who)s changed the limit")),
    "token.created": _token_made,
    "token.revoked": _plain(_lazy("%(who)s ended the token %(name)s of %(person)s")),
}

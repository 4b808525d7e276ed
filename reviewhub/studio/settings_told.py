"""What was done to workflows and settings, as it reads after the name of who did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reviewhub.studio.starting import readable
from reviewhub.studio.wording import length

Data = Mapping[str, Any]


def _published(data: Data) -> str:
    note = f": {data['note']}" if data.get("note") else ""
    return f"published version {data['to']}{note}"


def _activated(data: Data) -> str:
    before, now = data.get("from"), data["to"]
    if before is None:
        return f"took version {now}"
    return f"{'went back' if before > now else 'went on'} from version {before} to version {now}"


def _role(verb: str) -> Callable[[Data], str]:
    def told(data: Data) -> str:
        of = f" of {data['workflow']}" if data.get("workflow") else ""
        return f"{verb} the role {readable(str(data['role'])).lower()}{of}"

    return told


def _changed(what: str) -> Callable[[Data], str]:
    """Settings that say which of their parts are new."""

    def told(data: Data) -> str:
        names = [readable(name).lower() for name in data if name not in ("version", "kind", "body")]
        version = f", version {data['version']}" if "version" in data else ""
        return f"changed {what}{version}{': ' + ', '.join(names) if names else ''}"

    return told


def _absent(data: Data) -> str:
    delegate = f", with {data['delegate']} standing in" if data.get("delegate") else ""
    return f"set an absence from {str(data['starts_at'])[:10]} to {str(data['ends_at'])[:10]}{delegate}"


SETTINGS: Mapping[str, Callable[[Data], str]] = {
    "workflow.published": _published,
    "workflow.activated": _activated,
    "workflow.paused": lambda data: (
        f"paused it, {'its open runs too' if data['holds_open'] else 'new runs only'}: {data['reason']}"
    ),
    "workflow.resumed": lambda data: f"let it go on, after {length(data['paused_for'])}",
    "workflow.version_kept": lambda data: (
        f"asked for a review of a new shape, kept as version {data.get('version', '')}"
    ),
    "workflow.draft_saved": lambda data: f"saved the draft, revision {data['revision']}",
    "role.granted": _role("granted"),
    "role.withdrawn": _role("withdrew"),
    "absence.set": _absent,
    "absence.removed": lambda data: f"removed the absence from {str(data['starts_at'])[:10]}",
    "queue.changed": _changed("the queue"),
    "queue.held": lambda data: f"held the queue: {data['reason']}",
    "queue.went_on": lambda data: f"let the queue go on, after {length(data['held_for'])}",
    "queue.clocks_stopped": lambda data: f"stopped the clocks of the queue: {data['reason']}",
    "queue.clocks_started": lambda data: f"started the clocks of the queue, after {length(data['stood_still'])}",
    "queue.member_set": lambda data: f"made {data['person']} a {data['role']} of the queue",
    "queue.member_removed": lambda data: f"took {data['person']} out of the queue",
    "queue.known_answer_marked": lambda data: f"said that {data['outcome']} is right for {data['title']}",
    "queue.known_answer_removed": lambda data: f"takes the answer to {data['title']} for known no longer",
    "calendar.changed": _changed("the calendar"),
    "policy.changed": _changed("the policy"),
    "reason.changed": _changed("the reason"),
    "connection.changed": _changed("the connection"),
    "decision_point.published": lambda data: f"published a wording of the question, version {data.get('version', '')}",
    "past_decisions.imported": lambda data: f"brought in {data['cases']} past decisions",
    "message.sent_by_hand": lambda data: (
        f"sent the message {data['key']} by hand: {'it went' if data['sent'] else 'it failed again'}"
    ),
    "message.dropped": lambda data: f"dropped the message {data['key']}: {data['reason']}",
    "event.tried_again": lambda data: (
        f"tried again what the event {data['key']} should start: "
        f"{'it is started' if data['started'] else 'it was refused again'}"
    ),
    "event.dropped": lambda data: f"dropped the event {data['key']}, which starts nothing more: {data['reason']}",
    "limit.made": _changed("the limit"),
    "limit.changed": _changed("the limit"),
    "token.created": lambda data: f"made the token {data['name']} of {data['person']}, for {', '.join(data['scopes'])}",
    "token.revoked": lambda data: f"ended the token {data['name']} of {data['person']}",
}

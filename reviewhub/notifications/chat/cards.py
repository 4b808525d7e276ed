"""A task as a message in Block Kit: its title, its deadline and a button for each outcome; then who decided what.

Neither the case nor what the AI recommends is said there. A button carries what a decision rests on, signed: the task,
whom it was put before, the outcome, and the version and the hash of what the task said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.notifications.chat.port import Card
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services.holding import may_decide, what_happened

_SALT = "reviewhub.notifications.chat"
MOST_BUTTONS = 9
LONGEST_LABEL = 75  # characters, as Block Kit has it


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button stands for."""

    task_id: UUID
    person_id: int
    outcome: str
    version: int
    shown: str  # the hash of what the task said


def card_of(task: ReviewTask, person: Person, said: str) -> Card:
    """`said` is why the person is told."""
    title, blocks = _plain(task.title), [_section(f"*{_plain(task.title)}*\n{_plain(said)}"), _about(task, person)]
    if not task.is_waiting:
        happened = _("It is settled: %(what)s") % {"what": what_happened(task)}
        return Card(
            happened, [_section(f"*{title}*\n{_plain(happened)}"), {"type": "actions", "elements": [_open(task)]}]
        )
    taps = list(_buttons(task, person)) if may_decide(task, person) else []
    return Card(f"{title}: {_plain(said)}", [*blocks, {"type": "actions", "elements": [*taps, _open(task)]}])


def tap_of(value: str) -> Tap | None:
    """None for what we have not signed."""
    try:
        said = signing.loads(value, salt=_SALT)
        return Tap(UUID(said["t"]), said["p"], said["o"], said["v"], said["s"])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None


def value_of(tap: Tap) -> str:
    said = {"t": tap.task_id.hex, "p": tap.person_id, "o": tap.outcome, "v": tap.version, "s": tap.shown}
    return signing.dumps(said, salt=_SALT)


def _buttons(task: ReviewTask, person: Person) -> Iterator[Mapping[str, Any]]:
    for number, outcome in enumerate(task.outcomes[:MOST_BUTTONS]):
        tap = Tap(task.pk, person.pk, outcome["id"], task.version, task.evidence_hash)
        yield {
            "type": "button",
            "action_id": f"decide.{number}",
            "text": {"type": "plain_text", "text": str(outcome["label"])[:LONGEST_LABEL]},
            "value": value_of(tap),
        }


def _open(task: ReviewTask) -> Mapping[str, Any]:
    url = f"{settings.PUBLIC_URL}{reverse('web:task', args=[task.pk])}"
    return {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": _("Open")}, "url": url}


def _about(task: ReviewTask, person: Person) -> Mapping[str, Any]:
    words = [_plain(task.workflow_title), _plain(task.queue.title)]
    if task.due_at is not None:
        words.append(f"{task.due_at.astimezone(person.timezone):%a %d %b %H:%M} ({person.zone})")
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(words)}]}


def _section(text: str) -> Mapping[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}


def _plain(text: str) -> str:
    """No mention, link or formatting comes of what somebody wrote."""
    one_line = " ".join(str(text).split())
    for sign, said in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        one_line = one_line.replace(sign, said)
    return "".join(f"{sign}\u200b" if sign in "*_~`" else sign for sign in one_line)

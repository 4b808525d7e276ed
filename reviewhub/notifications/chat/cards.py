"""A task as a message in Block Kit: its title, its deadline and a button for each outcome; then who decided what.

Neither the case nor what the AI recommends is said there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.direction import in_order
from reviewhub.notifications.channels.acts import taps_for
from reviewhub.notifications.models import Notice
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services.holding import what_happened

MOST_BUTTONS = 9
LONGEST_LABEL = 75  # characters, as Block Kit has it


@dataclass(frozen=True, slots=True)
class Card:
    """`text` is for where no blocks are shown: notifications and screen readers."""

    text: str
    blocks: Sequence[Mapping[str, Any]]


def card_of(notice: Notice) -> Card:
    """Of a run, the notice and the way there; of a task, as it stands now."""
    return _task_card(notice.task, notice.person, notice) if notice.task is not None else _run_card(notice)


def _run_card(notice: Notice) -> Card:
    title, said = _plain(notice.subject), _plain(notice.text)
    blocks = [_section(f"*{title}*\n{said}"), {"type": "actions", "elements": [_open(notice)]}]
    return Card(f"{title}: {said}", blocks)


def _task_card(task: ReviewTask, person: Person, notice: Notice) -> Card:
    title, said = _plain(task.title), _plain(notice.text)
    if not task.is_waiting:
        happened = _plain(_("It is settled: %(what)s") % {"what": what_happened(task)})
        return Card(happened, [_section(f"*{title}*\n{happened}"), {"type": "actions", "elements": [_open(notice)]}])
    buttons = {"type": "actions", "elements": [*_buttons(task, person), _open(notice)]}
    return Card(f"{title}: {said}", [_section(f"*{title}*\n{said}"), _about(task, person), buttons])


def _buttons(task: ReviewTask, person: Person) -> Iterator[Mapping[str, Any]]:
    for number, (label, value) in enumerate(islice(taps_for(task, person), MOST_BUTTONS)):
        text = {"type": "plain_text", "text": in_order(label)[:LONGEST_LABEL]}
        yield {"type": "button", "action_id": f"decide.{number}", "text": text, "value": value}


def _open(notice: Notice) -> Mapping[str, Any]:
    url = f"{settings.PUBLIC_URL}{notice.address}"
    return {"type": "button", "action_id": "open", "text": {"type": "plain_text", "text": _("Open")}, "url": url}


def _about(task: ReviewTask, person: Person) -> Mapping[str, Any]:
    words = [_plain(task.workflow_title), _plain(task.queue.title)]
    if task.due_at is not None:
        words.append(f"{date_format(task.due_at.astimezone(person.timezone), 'D j M, H:i')} ({person.zone})")
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": " · ".join(words)}]}


def _section(text: str) -> Mapping[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:3000]}}


def _plain(text: str) -> str:
    """No mention, link or formatting comes of what somebody wrote."""
    one_line = " ".join(in_order(str(text)).split())
    for sign, said in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        one_line = one_line.replace(sign, said)
    return "".join(f"{sign}\u200b" if sign in "*_~`" else sign for sign in one_line)

"""What somebody does where they were told: the same door for every channel that has buttons.

A button carries what a decision rests on, signed: the task, whom it was put before, the outcome, and the version and
the hash of what the task said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidDecision, ReviewError, SignInNeeded
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import decide_task
from reviewhub.reviews.services.holding import may_decide

_SALT = "reviewhub.notifications.chat"


@dataclass(frozen=True, slots=True)
class Tap:
    """What a button stands for."""

    task_id: UUID
    person_id: int
    outcome: str
    version: int
    shown: str  # the hash of what the task said


def taps_for(task: ReviewTask, person: Person) -> Iterator[tuple[str, str]]:
    """The label and the signed value of each outcome that this person may decide on; none where they may not."""
    if may_decide(task, person):
        for outcome in task.outcomes:
            tap = Tap(task.pk, person.pk, outcome["id"], task.version, task.evidence_hash)
            yield str(outcome["label"]), value_of(tap)


def value_of(tap: Tap) -> str:
    said = {"t": tap.task_id.hex, "p": tap.person_id, "o": tap.outcome, "v": tap.version, "s": tap.shown}
    return signing.dumps(said, salt=_SALT)


def tap_of(value: str) -> Tap | None:
    """None for what we have not signed."""
    try:
        said: Any = signing.loads(value, salt=_SALT)
        return Tap(UUID(said["t"]), said["p"], said["o"], said["v"], said["s"])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return None


def take(tap: Tap, person: Person, *, key: str, channel: Decision.Channel) -> str:
    """What is to be told instead; empty where it was taken. The same key sent again is the same decision.

    `person` is whoever the channel has proved it was.
    """
    if person.pk != tap.person_id:
        return _("This was put before somebody else: decide from your own queue.")
    try:
        decide_task(
            task_id=tap.task_id,
            actor=person,
            outcome=tap.outcome,
            expected_version=tap.version,
            evidence_hash=tap.shown,
            ai_was_seen=False,  # what was told does not say it
            idempotency_key=key,
            channel=channel,
            proved_by="linked_account",
        )
    except (InvalidDecision, SignInNeeded) as error:
        where = f"{settings.PUBLIC_URL}{reverse('web:task', args=[tap.task_id])}"
        return _("%(what)s Do it on its page: %(where)s") % {"what": error, "where": where}
    except (ReviewError, PermissionDenied) as error:
        return str(error)
    return ""

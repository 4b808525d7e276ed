"""What can still be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil

from django.db import connection
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.compiled import INSTANTS, NUMBER, Statement, planned_once
from reviewhub.reviews.models import Agreement, Decision, ReviewTask
from reviewhub.reviews.services import has_said_why, is_asked_why

LONGEST = 80  # characters of a title: what was decided about it stands after it, and the list below
STILL_WAITING_TASK = Q(task__decided_at__isnull=True, task__closed_at__isnull=True)


@dataclass(frozen=True, slots=True)
class Undo:
    task: str
    said: str
    seconds: float  # left
    total: float
    asks: tuple[tuple[str, str], ...] = ()  # why the person agrees with the AI: codes and words

    @property
    def whole(self) -> int:
        return ceil(self.seconds)

    @property
    def share(self) -> int:
        return round(100 * self.seconds / self.total) if self.total else 0

    @property
    def offset(self) -> int:
        return self.share - 100


def undos_of(person: Person) -> tuple[Undo, ...]:
    """The person's own standing decisions whose window is open, the latest last."""
    now = ports.clock().system_now()
    standing = _open_ones(connection.vendor)
    if not standing.rows(person.pk, now):  # nearly always; objects cost more than the question
        return ()
    decisions = list(standing.objects(Decision, person.pk, now))
    shown = ReviewTask.objects.select_related("queue").only(
        "title", "outcomes", "approvals", "ai_outcome", "queue__agreement_percent"
    )
    tasks = shown.in_bulk([each.task_id for each in decisions])
    last = (decision for decision in decisions if _is_last(decision, tasks[decision.task_id]))
    return tuple(_undo(decision, tasks[decision.task_id], now) for decision in last)


def _is_last(decision: Decision, task: ReviewTask) -> bool:
    """Of several people's decisions on a task only the last can be taken back."""
    votes = (task.approvals or {}).get("votes")
    return not votes or bool(votes[-1]["seat"] == decision.seat)


@lru_cache(maxsize=2)
def _open_ones(vendor: str) -> Statement:
    person, now = NUMBER, INSTANTS[0]
    standing = Decision.objects.filter(by=person, taken_back_at__isnull=True, undo_until__gt=now)
    one_of_several = Q(STILL_WAITING_TASK, task__approvals__isnull=False)
    open_ones = standing.filter(Q(task__status=ReviewTask.Status.DECIDED) | one_of_several).order_by("recorded_at")
    return planned_once(
        open_ones.only("task", "outcome", "seat", "undo_until", "recorded_at", "channel", "ai_was_seen"), person, now
    )


def _asks(decision: Decision, task: ReviewTask) -> tuple[tuple[str, str], ...]:
    """Asked of a sample of those who agree, and only once."""
    if not is_asked_why(decision, task, task.queue.agreement_percent) or has_said_why(decision):
        return ()
    return tuple((code, str(label)) for code, label in Agreement.Because.choices)


def _undo(decision: Decision, task: ReviewTask, now: datetime) -> Undo:
    until = decision.undo_until or decision.recorded_at
    left = (until - now).total_seconds()
    title = Truncator(task.title).chars(LONGEST)
    return Undo(
        task=str(task.pk),
        said=_("%(task)s: %(outcome)s") % {"task": title, "outcome": task.label_of(decision.outcome)},
        seconds=round(max(left, 0.0), 1),
        asks=_asks(decision, task),
        total=max((until - decision.recorded_at).total_seconds(), 1.0),
    )

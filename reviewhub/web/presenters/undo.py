"""What can still be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.models import Decision, ReviewTask


@dataclass(frozen=True, slots=True)
class Undo:
    task: str
    said: str
    seconds: float  # left
    total: float

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
    open_ones = Decision.objects.filter(
        by=person, taken_back_at__isnull=True, undo_until__gt=now, task__status=ReviewTask.Status.DECIDED
    )
    return tuple(_undo(decision, now) for decision in open_ones.select_related("task").order_by("recorded_at"))


def _undo(decision: Decision, now: datetime) -> Undo:
    until = decision.undo_until or decision.recorded_at
    left = (until - now).total_seconds()
    return Undo(
        task=str(decision.task_id),
        said=_("%(task)s: %(outcome)s") % {"task": decision.task.title, "outcome": decision.task.outcome_label},
        seconds=round(max(left, 0.0), 1),
        total=max((until - decision.recorded_at).total_seconds(), 1.0),
    )

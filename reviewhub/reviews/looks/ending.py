"""What a second look found."""

from __future__ import annotations

from reviewhub.reviews.announcements import Fact
from reviewhub.reviews.looks import STEP
from reviewhub.reviews.models import Decision, SecondLook


def listen(fact: Fact) -> None:
    """Bound to `when_told`: keeps the outcome once it counts, and the end of one that nobody needs any more."""
    if fact.task.key != STEP or fact.kind not in ("closed", "withdrawn"):
        return
    look = SecondLook.objects.filter(task=fact.task.pk)
    decision = Decision.objects.filter(task=fact.task.pk, taken_back_at=None).first()
    if fact.kind == "closed" and decision is not None:
        look.update(outcome=decision.outcome, by=decision.by_id, ended_at=fact.at)
    else:
        look.update(ended_at=fact.at)

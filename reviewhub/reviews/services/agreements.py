"""Asking a sample of those who agree with the AI why they do."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.exceptions import InvalidDecision
from reviewhub.reviews.models import Agreement, Decision, Override, ReviewTask
from reviewhub.reviews.services.holding import hold_task


def is_asked_why(decision: Decision, task: ReviewTask, percent: int) -> bool:
    """Whether this agreement is of the sample: the same answer however often it is asked, and nobody can steer it."""
    agrees = decision.ai_was_seen and bool(task.ai_outcome) and decision.outcome == task.ai_outcome
    by_hand = decision.channel == Decision.Channel.WEB
    return agrees and by_hand and int(decision.pk.hex[:8], 16) % 100 < percent


def has_said_why(decision: Decision) -> bool:
    """By the answer, or by a reason or a correction that went with the decision."""
    said = Agreement.objects.filter(decision=decision).exists()
    return said or Override.objects.filter(decision=decision).exists()


@transaction.atomic
def say_why_agreed(*, task_id: UUID | str, actor: Person, because: str) -> Agreement | None:
    """Keeps why the actor agreed, on their standing decision. The first answer stays.

    None where they were not asked, or have taken the decision back.
    Raises PermissionDenied, InvalidDecision, TaskNotFound.
    """
    task = hold_task(task_id)
    require(actor, "task.read", task)
    if because not in Agreement.Because.values:
        raise InvalidDecision([{"path": "/because", "code": "unknown", "message": _("There is no such answer.")}])
    decision = Decision.objects.filter(task=task, by=actor, taken_back_at=None).last()
    if decision is None or not is_asked_why(decision, task, task.queue.agreement_percent) or has_said_why(decision):
        return None
    now = ports.clock().process_now()
    agreement = Agreement.objects.create(decision=decision, because=because, said_at=now)
    data = {"key": task.key, "decision": str(decision.pk), "because": because}
    api.record_run_event(run_id=task.run_id, kind="desk.agreed", data=data, actor=actor_of(actor))
    return agreement

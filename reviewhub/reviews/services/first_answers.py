"""Keeping what somebody said before they saw what the AI says. See reviewhub.reviews.hidden."""

from __future__ import annotations

from orchestration import api, ports
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.models import Person
from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.models import FirstAnswer, ReviewTask


def keep_first_answer(task: ReviewTask, person: Person, outcome: str) -> None:
    """The first stays, whatever is decided then. The task is locked, and they may decide it."""
    if not task.ai_hidden or task.outcome_named(outcome) is None:
        return
    now = ports.clock().process_now()
    _, is_new = FirstAnswer.objects.get_or_create(task=task, by=person, defaults={"outcome": outcome, "at": now})
    if not is_new:
        return
    said, sealed = {"outcome": outcome}, is_sealed(task)
    api.record_run_event(
        run_id=task.run_id,
        kind="desk.answered_first",
        data={"key": task.key, **({} if sealed else said)},
        actor=actor_of(person),
        values=said if sealed else None,
    )

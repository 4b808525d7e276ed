"""Pausing a run, letting it go on, and cancelling it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orchestration.core.events import CancelRequested, PauseRequested, ResumeRequested
from orchestration.ports import Actor, clock
from orchestration.runtime.advance import advance, commit, consider, fire_due
from orchestration.runtime.store import hold


def pause_run(*, run_id: Any, reason: str, actor: Actor) -> None:
    """The run starts no new step from here on, and its clocks stand still. What was due before goes first.

    Raises `InvalidTransition` and `NotFound`, as the others here do.
    """
    with transaction.atomic():
        held = hold(run_id)
        fire_due(held, clock().process_now())
        commit(held, consider(held, PauseRequested(reason)), actor)


def resume_run(*, run_id: Any, actor: Actor) -> None:
    """The run goes on where it stood, its clocks later by the length of the pause."""
    advance(run_id, ResumeRequested(), actor)


def cancel_run(*, run_id: Any, reason: str, actor: Actor) -> None:
    """Ends an open run now: what is open is cancelled and its reviews are withdrawn. What a call that is under way
    still answers is not taken; its tool may ask whether it is still wanted."""
    advance(run_id, CancelRequested(reason), actor)

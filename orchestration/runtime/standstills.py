"""Clocks of reviews that stop or go on, of many runs in one transaction: the desk hears of all of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from orchestration.core.decide import Decided
from orchestration.core.effects import Effect, GoOnReview, StandStillReview
from orchestration.ports import GoingOn, Standstill, human_tasks


def is_all_of(decided: Decided) -> bool:
    """Whether clocks stop, or clocks go on, and the decision asks for nothing else."""
    return {type(effect) for effect in decided.effects} in ({StandStillReview}, {GoOnReview})


def tell(effects: Sequence[tuple[str, Effect]]) -> None:
    """Each with its run."""
    stopped = [Standstill(run_id, each.key, each.at) for run_id, each in effects if isinstance(each, StandStillReview)]
    going_on = [
        GoingOn(run_id, each.key, each.since, each.by, each.instants)
        for run_id, each in effects
        if isinstance(each, GoOnReview)
    ]
    if stopped:
        human_tasks().stand_still(stopped)
    if going_on:
        human_tasks().go_on(going_on)

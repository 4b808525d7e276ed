"""The clocks of tasks as the engine moves them, for any number of tasks in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from orchestration.api import statements
from orchestration.ports import GoingOn, Standstill
from reviewhub.reviews.announcements import Fact, announce_all
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.urgency import urgency_at

_INSTANTS = {"half": "half_at", "three_quarters": "three_quarters_at", "breach": "due_at"}
_MOVED = ("half_at", "three_quarters_at", "due_at", "future", "urgency_at", "stands_still_since")
_STOP = statements.Update(ReviewTask, ("stands_still_since",), ("id",))
_MOVE = statements.Update(ReviewTask, _MOVED, ("id",))

Said = TypeVar("Said", Standstill, GoingOn)


def stand_still(reviews: Sequence[Standstill]) -> None:
    """A clock that somebody stopped before stays his."""
    stopped, facts = [], []
    for said, task in _held(reviews):
        if task.stands_still_since is None:
            task.stands_still_since = said.at
            stopped.append((said.at, task.pk))
        facts.append(Fact("stands_still", task, said.at))
    statements.write({_STOP: stopped})
    announce_all(facts)


def go_on(reviews: Sequence[GoingOn]) -> None:
    """A task whose clock somebody else stopped is still waiting for them."""
    moved, facts = [], []
    for said, task in _held(reviews):
        if task.stands_still_since in (None, said.since):
            move_clocks(task, said.instants)
            task.stands_still_since = None
            moved.append([*(getattr(task, name) for name in _MOVED), task.pk])
        facts.append(Fact("goes_on", task, said.since + said.by))
    statements.write({_MOVE: moved})
    announce_all(facts)


def move_clocks(task: ReviewTask, instants: Mapping[str, datetime]) -> None:
    for name, field in _INSTANTS.items():
        setattr(task, field, instants.get(name, getattr(task, field)))
    task.future = [_moved(step, instants) for step in task.future]
    task.urgency_at = urgency_at(task.created_at, task.due_at, task.priority)


def _moved(step: dict[str, Any], instants: Mapping[str, datetime]) -> dict[str, Any]:
    name = f"level.{step['level']}" if step["kind"] == "level" else step["kind"]
    return {**step, "at": instants[name].isoformat()} if name in instants else step


def _held(reviews: Sequence[Said]) -> Iterator[tuple[Said, ReviewTask]]:
    """Each with its task, locked; their runs are locked already. Raises `ReviewTask.DoesNotExist` where one is gone."""
    named = {"run_id__in": {each.run_id for each in reviews}, "key__in": {each.key for each in reviews}}
    found = ReviewTask.objects.select_related("queue").filter(**named).order_by("pk")
    tasks = {(str(task.run_id), task.key): task for task in found.select_for_update(of=("self",))}
    for said in reviews:
        if (said.run_id, said.key) not in tasks:
            raise ReviewTask.DoesNotExist(f"Run {said.run_id} has no review {said.key}.")
        yield said, tasks[said.run_id, said.key]

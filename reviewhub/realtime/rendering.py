"""What is pushed to browsers as it is shown: a changed task, a queue that is held, the figures of a team.

The pages bind the renderers (see reviewhub/wiring.py): this layer and theirs do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

Patch = Mapping[str, Any]  # JSON for the browser


@dataclass(frozen=True, slots=True)
class Renderers:
    """Each gives nothing where what it is asked for is gone, or is not the person's to see."""

    task: Callable[[UUID], Patch | None]
    queue: Callable[[int], Patch | None]
    figures: Callable[[int, str], str | None]  # for a person, by id, of a team


_bound: Renderers | None = None


def bind(renderers: Renderers) -> None:
    global _bound
    _bound = renderers


async def patch_of(task_id: UUID) -> Patch | None:
    """How the task stands now; nothing where it is gone."""
    return await database_sync_to_async(_bound.task)(task_id) if _bound is not None else None


async def queue_patch_of(queue_id: int) -> Patch | None:
    """Whether it is held now."""
    return await database_sync_to_async(_bound.queue)(queue_id) if _bound is not None else None


def figures_of(person_id: int, team: str) -> str | None:
    return _bound.figures(person_id, team) if _bound is not None else None

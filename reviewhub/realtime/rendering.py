"""What a changed task looks like.

The pages bind the renderer (see reviewhub/wiring.py): this layer and theirs do not know each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

Patch = Mapping[str, Any]  # JSON for the browser
Renderer = Callable[[UUID], Patch | None]

_renderer: Renderer | None = None


def bind(renderer: Renderer) -> None:
    global _renderer
    _renderer = renderer


async def patch_of(task_id: UUID) -> Patch | None:
    """How the task stands now; nothing where it is gone."""
    if _renderer is None:
        return None
    patch: Patch | None = await database_sync_to_async(_renderer)(task_id)
    return patch

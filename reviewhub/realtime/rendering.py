"""What a changed task looks like. Rendered once a process for each change, whoever is looking.

The pages bind the renderer (see reviewhub/wiring.py): this layer and theirs do not know each other.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async

Patch = Mapping[str, Any]  # JSON for the browser
Renderer = Callable[[UUID], Patch | None]

KEPT = 256  # changes

_renderer: Renderer | None = None
_rendered: OrderedDict[str, asyncio.Future[Patch | None]] = OrderedDict()


def bind(renderer: Renderer) -> None:
    global _renderer
    _renderer = renderer


async def patch_of(stamp: str, task_id: UUID) -> Patch | None:
    """The patch of the change `stamp`. Those who ask while it is being rendered wait for the same one."""
    loop = asyncio.get_running_loop()
    known = _rendered.get(stamp)
    if known is None or known.get_loop() is not loop:
        known = asyncio.ensure_future(_render(task_id))
        _rendered[stamp] = known
        while len(_rendered) > KEPT:
            _rendered.popitem(last=False)
    return await asyncio.shield(known)


async def _render(task_id: UUID) -> Patch | None:
    if _renderer is None:
        return None
    patch: Patch | None = await database_sync_to_async(_renderer)(task_id)
    return patch

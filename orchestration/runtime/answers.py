"""Answers of tools that are kept: written with the step that got them, found by the next one that asks the same.

They are only ever added, so runs that ask the same at once wait for nobody: each keeps what it was told, and the
newest counts.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from orchestration.core.deciding import KeptAnswer as Kept
from orchestration.core.effects import KeepAnswer
from orchestration.exceptions import UnknownTool
from orchestration.models import KeptAnswer, Run
from orchestration.ports import clock
from orchestration.runtime.sql import Insert, columns_of
from orchestration.runtime.tools import find_tool

INSERT_ANSWER = Insert(KeptAnswer, columns_of(KeptAnswer))


def newest(keys: Collection[str]) -> dict[str, Kept | None]:
    """The newest answer for each key that has not expired."""
    found: dict[str, Kept | None] = dict.fromkeys(keys)
    alive = KeptAnswer.objects.filter(key__in=keys, expires_at__gt=clock().process_now())
    for row in alive.order_by("answered_at", "id"):
        found[row.key] = Kept(row.result, str(row.run_id), row.answered_at)
    return found


def row_of(run: Run, effect: KeepAnswer) -> list[Any] | None:
    """None where the tool says of itself that it changes something, whatever the text was checked against."""
    name, _, version = effect.tool.rpartition("@")
    try:
        if not find_tool(name, int(version)).reads:
            return None
    except UnknownTool:
        return None
    made = KeptAnswer(
        key=effect.key,
        tool=effect.tool,
        result=effect.result,
        run=run,
        answered_at=effect.at,
        expires_at=effect.until,
    )
    return [getattr(made, name) for name in INSERT_ANSWER.columns]


def forget_expired() -> int:
    """Returns how many there were."""
    return KeptAnswer.objects.filter(expires_at__lte=clock().process_now()).delete()[0]

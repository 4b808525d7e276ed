"""The order of every queue: the nearest deadline first, weighted by priority."""

from __future__ import annotations

from datetime import datetime, timedelta

_WITHOUT_DEADLINE = timedelta(days=7)
_WEIGHT = {"low": 1.5, "normal": 1.0, "high": 0.5, "urgent": 0.25}


def urgency_at(created_at: datetime, due_at: datetime | None, priority: str) -> datetime:
    """The instant to sort by. A weight shortens the time that was given, so that an urgent task of yesterday
    and a normal one of last week still compare by when they hurt."""
    given = max(due_at - created_at, timedelta(0)) if due_at else _WITHOUT_DEADLINE
    return created_at + given * _WEIGHT[priority]

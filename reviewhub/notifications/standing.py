"""Whether somebody may still be told what they were to be told, by the time that it leaves the application."""

from __future__ import annotations

from reviewhub.accounts.permissions import allows
from reviewhub.notifications.models import Notice

_AS_THEY_LOSE_IT = frozenset({Notice.Kind.RELEASED, Notice.Kind.DECIDED, Notice.Kind.WITHDRAWN})


def may_be_told(notice: Notice) -> bool:
    """Not where a role was taken from them meanwhile; what itself ends their part is told all the same."""
    if notice.task is None:
        return allows(notice.person, "run.read", notice.run)
    if notice.kind in _AS_THEY_LOSE_IT:
        return True
    return any(allows(notice.person, verb, notice.task) for verb in ("task.read", "task.nudge"))

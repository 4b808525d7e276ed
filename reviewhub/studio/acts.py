"""What somebody may do to a run, as it stands and by the one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from reviewhub.studio.access import may


@dataclass(frozen=True, slots=True)
class Acts:
    pause: bool
    resume: bool
    cancel: bool
    again: bool  # ended: from the beginning, or from one of its steps
    fork: bool


def acts_on(request: HttpRequest, run: Any) -> Acts:
    is_running, is_paused = run.status == "running", run.paused_at is not None
    is_over = run.status not in ("running", "ending")
    may_again = may(request, "run.again", run)
    may_pause = is_running and may(request, "run.pause", run)
    return Acts(
        pause=may_pause and not is_paused,
        resume=may_pause and is_paused,
        again=may_again and is_over,
        fork=may_again,
        cancel=is_running and may(request, "run.cancel", run),
    )

"""A run as a row of the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse

from reviewhub.studio import states
from reviewhub.studio.selectors import late_among, open_steps
from reviewhub.studio.states import State


@dataclass(frozen=True, slots=True)
class RunRow:
    run_id: UUID
    href: str
    name: str  # its business key, or the start of its id
    workflow: str
    version: int
    state: State
    late: State | None
    now: str
    started_at: datetime
    took: timedelta | None


def run_rows(runs: Sequence[Any]) -> list[RunRow]:
    waiting = open_steps(run.pk for run in runs if run.status in ("running", "ending"))
    late = late_among(runs)
    return [_row(run, waiting.get(run.pk, []), late.get(run.pk, "")) for run in runs]


def _row(run: Any, steps: Sequence[Any], late: str) -> RunRow:
    return RunRow(
        run_id=run.pk,
        href=reverse("studio:run", args=[run.pk]),
        name=run_name(run),
        workflow=run.workflow.title,
        version=run.version.number,
        state=states.run_state(run, steps),
        late=states.LATE.get(late),
        now=states.now_words(steps),
        started_at=run.started_at,
        took=run.ended_at - run.started_at if run.ended_at else None,
    )


def run_name(run: Any) -> str:
    return run.business_key or short(run.pk)


def short(identity: UUID) -> str:
    """The end of an id: its start is the time, which neighbours share."""
    return f"…{str(identity)[-12:]}"

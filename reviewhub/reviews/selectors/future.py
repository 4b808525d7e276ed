"""Who gets a task, and when: everything that will happen to it by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orchestration import ports
from reviewhub.reviews.looks.appearing import as_it_came
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.people import Reach


@dataclass(frozen=True, slots=True)
class FutureEntry:
    """One instant of a task's future. `kind`: half, three_quarters, breach, level, unanswered."""

    kind: str
    at: datetime
    people: tuple[str, ...]  # names; of a level that has fired, those it was settled on
    to: dict[str, str]  # {"kind": "backup_of", "of": "queue"}
    level: int | None  # from 1
    mode: str
    applies: bool  # False: its condition was false when the task was made; shown struck
    condition: str | None  # the condition's text
    outcome: str  # of unanswered, as its label
    reached: bool


def future_of(task: ReviewTask) -> list[FutureEntry]:
    """In the order of time. Whom a level would reach is asked anew each time, until it has fired."""
    asked = as_it_came(task)
    reach = Reach(asked, ports.clock().process_now())
    return [_entry(reach, step) for step in task.future]


def _entry(reach: Reach, step: dict[str, Any]) -> FutureEntry:
    at = datetime.fromisoformat(step["at"])
    return FutureEntry(
        kind=step["kind"],
        at=at,
        people=_people(reach, step),
        to=step["to"],
        level=step["level"] + 1 if step["level"] is not None else None,
        mode=step.get("mode", "add"),
        applies=step["applies"],
        condition=step["when"],
        outcome=reach.task.label_of(step["outcome"]) if step["outcome"] else "",
        reached="reached_at" in step or (step["kind"] != "level" and at <= reach.at),
    )


def _people(reach: Reach, step: dict[str, Any]) -> tuple[str, ...]:
    if step["kind"] != "level":
        return ()
    if "people" in step:
        return tuple(person["label"] for person in step["people"])
    return tuple(person.display_name for person in reach.people_for(step["to"]))

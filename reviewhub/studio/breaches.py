"""Missed due times as rows of the page and of its export, and those that are near."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from orchestration import api
from reviewhub.reviews.models import Breach
from reviewhub.reviews.selectors import by_state, late_runs
from reviewhub.studio.facts import Names
from reviewhub.studio.rows import run_name
from reviewhub.studio.selectors import DAY

OPEN = {"open": True, "over": False}  # by whether it is still late
_FORMULA = re.compile(r"(^|[;\n\r\t])(\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
MINUTE = timedelta(minutes=1)
NOTED = 5  # of a run's late steps
COLUMNS = (
    *("due", "late_for_seconds", "over", "kind", "title", "workflow", "step", "queue", "cause", "held_by", "level"),
    *("people_before", "run"),
)


@dataclass(frozen=True, slots=True)
class Row:
    breach: Any
    href: str
    what: str  # beside the title: the step, or what kind of thing it is
    late_by: timedelta
    waits_for: str


@dataclass(frozen=True, slots=True)
class Note:
    """On a run's page: what is late (breached) or may be (warning)."""

    tone: str
    about: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Near:
    """A due time that comes next if nothing happens."""

    title: str
    what: str
    href: str
    due_at: datetime


def narrowed(found: QuerySet[Any], asked: Mapping[str, str]) -> list[QuerySet[Any]]:
    """By workflow, queue (its slug), kind, cause, state (open, over) and day; what is unknown finds nothing. In parts,
    which are read together."""
    for name, field in {"workflow": "workflow", "queue": "queue__slug", "kind": "kind", "cause": "cause"}.items():
        if asked.get(name):
            found = found.filter(**{field: asked[name]})
    since = asked.get("since", "")
    day = parse_date(since) if DAY.fullmatch(since) else None
    if day:
        found = found.filter(at__gte=timezone.make_aware(datetime.combine(day, time.min)))
    state = asked.get("state", "")
    return by_state(found, is_open=OPEN[state]) if state in OPEN else [found]


def rows(found: Iterable[Any], now: datetime) -> list[Row]:
    return [_row(breach, now) for breach in found]


def _row(breach: Any, now: datetime) -> Row:
    task = breach.kind == Breach.Kind.TASK
    return Row(
        breach=breach,
        href=reverse("web:task", args=[breach.task_id]) if task else address(breach.run_id, breach.key),
        what=breach.queue.title if task else step_name(breach.key),
        late_by=_in_whole_minutes((breach.over_at or now) - breach.due_at),
        waits_for=", ".join(dict.fromkeys(each["path"].rpartition("/")[2] for each in breach.waits_for)),
    )


def _in_whole_minutes(span: timedelta) -> timedelta:
    return span if span < MINUTE else span // MINUTE * MINUTE


def step_name(path: str) -> str:
    return _("Step %(step)s") % {"step": path.rpartition("/")[2]} if path else _("The whole run")


def address(run_id: Any, path: str) -> str:
    step = f"?{urlencode({'step': path})}" if path else ""
    return f"{reverse('studio:run', args=[run_id])}{step}"


def near_run(clock: Any) -> Near:
    title = f"{clock.run.workflow.title}: {run_name(clock.run)}"
    return Near(title, step_name(clock.due_path), address(clock.run_id, clock.due_path), clock.due_at)


def near_task(task: Any) -> Near:
    return Near(task.title, task.queue.title, reverse("web:task", args=[task.pk]), task.due_at)


def notes(run: Any, names: Names) -> list[Note]:
    """What is late in an open run, and what may be."""
    if run.status not in ("running", "ending"):
        return []
    late = late_runs().filter(run=run.pk).order_by("due_at").values_list("key", "due_at")[:NOTED]
    near = api.near_deadlines().filter(run=run.pk)[:NOTED]
    return [
        *(Note("breached", _noted(names, path), due_at) for path, due_at in late),
        *(Note("warning", _noted(names, clock.due_path), clock.due_at) for clock in near),
    ]


def _noted(names: Names, path: str) -> str:
    return names.step(path) if path else _("the whole run")


# ---- as a table for other programs -------------------------------------------------------------


class _Line:
    def write(self, line: str) -> str:
        return line


def lines(found: Iterable[Any], now: datetime) -> Iterator[str]:
    """Comma-separated, a line at a time. What a spreadsheet would take for a formula is text."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for breach in found:
        yield writer.writerow([_cell(value) for value in _values(breach, now)])


def _values(breach: Any, now: datetime) -> Iterator[Any]:
    yield from (breach.due_at.isoformat(), round(((breach.over_at or now) - breach.due_at).total_seconds()))
    yield from (breach.over_at.isoformat() if breach.over_at else "", breach.kind, breach.title, breach.workflow)
    yield from (breach.key, breach.queue.slug if breach.queue else "", breach.cause)
    yield from (breach.holder.username if breach.holder else "", breach.level, breach.hands, breach.run_id)


def _cell(value: Any) -> str:
    """Also where a spreadsheet of another language begins a cell anew at a semicolon, or reads wide signs as these."""
    return str(value) if isinstance(value, int) else _FORMULA.sub(r"\1'\2", str(value))

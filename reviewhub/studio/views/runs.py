"""The list of runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows, allows_somewhere
from reviewhub.reviews.selectors import visible_runs, visible_runs_in_parts
from reviewhub.reviews.selectors.runs import workflows_told
from reviewhub.studio import selectors
from reviewhub.studio.access import viewer
from reviewhub.studio.paging import page
from reviewhub.studio.rows import run_rows

SIZE = 50
STATUSES = (
    ("", _lazy("Any state")),
    ("running", _lazy("Running")),
    ("paused", _lazy("Paused")),
    ("incident", _lazy("With an incident")),
    ("late", _lazy("Late")),
    ("near", _lazy("May be late")),
    ("ending", _lazy("Coming to its end")),
    ("succeeded", _lazy("Ended")),
    ("failed", _lazy("Failed")),
    ("cancelled", _lazy("Cancelled")),
)


@login_required
@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("workflow", "status", "since", "q")}
    runs = _found(person, workflow=asked["workflow"], status=asked["status"], text=asked["q"], since=asked["since"])
    after = request.GET.get("after", "")
    shown = page(*runs, moment="started_at", after=after, size=SIZE, identity=UUID)
    workflows = list(workflows_told(person).defer("current__text", "current__definition"))
    narrowed = {name: value for name, value in asked.items() if value}
    context = {
        "current": "runs",
        "rows": run_rows(shown.rows),
        "next": f"?{urlencode({**narrowed, 'after': shown.after})}" if shown.after else "",
        "asked": asked,
        "narrowed": bool(narrowed),
        "first_page": not after,
        "statuses": STATUSES,
        "workflows": workflows,
        "may_act": allows_somewhere(person, "run.pause") or allows_somewhere(person, "run.cancel"),
        "startable": [each for each in workflows if each.current_id and allows(person, "run.start", each)],
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "runs/list.html#rows" if partial else "runs/list.html", context)


def _found(person: Person, *, status: str, text: str, **wanted: str) -> Iterator[QuerySet[Any]]:
    """In parts where there may be many. The few of a state that is no status, or with a text, are found from there."""
    few = bool(text) or status in selectors.STATES
    parts = (visible_runs(person),) if few else visible_runs_in_parts(person)
    return (selectors.for_rows(selectors.found(part, status=status, text=text, **wanted)) for part in parts)

"""Deadlines: the next that will be missed, and those that were, with what each waited for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from orchestration import ports
from reviewhub.reviews.models import Breach, Queue
from reviewhub.reviews.selectors import breaches_for, near_runs, near_tasks, newest
from reviewhub.reviews.selectors.runs import workflows_told
from reviewhub.studio import breaches
from reviewhub.studio.access import viewer
from reviewhub.studio.paging import page

SIZE = 50
NEXT = 8
EXPORTED = 10_000
ASKED = ("workflow", "queue", "kind", "cause", "state", "since")
STATES = (("", _lazy("Open or over")), ("open", _lazy("Still late")), ("over", _lazy("Over")))
KINDS = ((Breach.Kind.TASK, _lazy("Tasks")), (Breach.Kind.STEP, _lazy("Steps")), (Breach.Kind.RUN, _lazy("Runs")))


@login_required
@require_safe
def deadlines(request: HttpRequest) -> HttpResponse:
    now, asked = ports.clock().process_now(), _asked(request)
    after = request.GET.get("after", "")
    missed = breaches.narrowed(breaches_for(viewer(request)), asked)
    shown = page(*missed, moment="at", after=after, size=SIZE, identity=int)
    narrowed = {name: value for name, value in asked.items() if value}
    context = {
        "current": "deadlines",
        "rows": breaches.rows(shown.rows, now),
        "near": _near(request, now) if not after and not narrowed else [],
        "next": f"?{urlencode({**narrowed, 'after': shown.after})}" if shown.after else "",
        "export": urlencode(narrowed),
        "asked": asked,
        "narrowed": bool(narrowed),
        "first_page": not after,
        "states": STATES,
        "kinds": KINDS,
        "causes": Breach.Cause.choices,
        "queues": Queue.objects.order_by("title"),
        "workflows": workflows_told(viewer(request)).defer("current__text", "current__definition"),
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "runs/deadlines.html#rows" if partial else "runs/deadlines.html", context)


@login_required
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The newest missed ones as comma-separated values."""
    missed = breaches.narrowed(breaches_for(viewer(request)), _asked(request))
    lines = breaches.lines(newest(missed, EXPORTED), ports.clock().process_now())
    headers = {"Content-Disposition": 'attachment; filename="missed-deadlines.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _asked(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET.get(name, "").strip() for name in ASKED}


def _near(request: HttpRequest, now: Any) -> list[breaches.Near]:
    """The next ones of tasks, steps and runs together."""
    person = viewer(request)
    found = [breaches.near_task(task) for task in near_tasks(person, now)[:NEXT]]
    found += [breaches.near_run(clock) for clock in near_runs(person)[:NEXT]]
    return sorted(found, key=lambda each: each.due_at)[:NEXT]

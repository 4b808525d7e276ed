"""A run as it was at any of its events."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewhub.studio.access import told_run_for
from reviewhub.studio.acts import acts_on
from reviewhub.studio.replayed import Replayed
from reviewhub.studio.rows import run_name


@login_required
@require_safe
def at(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = told_run_for(request, run_id)
    context = {
        "current": "runs",
        "run": run,
        "page": Replayed(run, request.GET.get("n", ""), request.GET.get("step", "")),
        "name": run_name(run),
        "may": acts_on(request, run),
        "event": str(uuid4()),
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "runs/at.html#then" if partial else "runs/at.html", context)

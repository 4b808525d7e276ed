"""Starting a run by hand, with a form made from the workflow's input schema."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from orchestration import api
from orchestration.exceptions import InvalidInput
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.permissions import require
from reviewhub.studio.access import viewer, workflow_for
from reviewhub.studio.starting import Entry, blamed, entries_of, filled, input_of

SEEN = {
    "event": _lazy("This form was sent before: here is the run that it started."),
    "key": _lazy("There is a run for this already: here it is. Nothing new was started."),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name)
    require(viewer(request), "run.start", workflow)
    if workflow.current is None:
        raise Http404(f"{name} has no published version.")
    entries = entries_of(api.definition_of(workflow.current).input_schema)
    faults: tuple[str, ...] = ()
    if request.method == "POST":
        posted = {name: str(value) for name, value in request.POST.items()}
        entries = filled(entries, posted)
        event = posted.get("event") or str(uuid4())
        try:
            started = api.start_run(
                workflow=name,
                input=input_of(entries),
                actor=actor_of(viewer(request)),
                source="manual",
                event_id=f"manual:{event[:100]}",
            )
        except InvalidInput as invalid:
            entries, faults = blamed(entries, invalid.faults)
        else:
            if not started.created:
                messages.info(request, SEEN[started.reason])
            return redirect("studio:run", started.run_id)
    context = {
        "current": "runs",
        "workflow": workflow,
        "entries": entries,
        "faults": faults,
        "wrong": _wrong(entries) + len(faults),
        "event": request.POST.get("event") or str(uuid4()),
    }
    return render(request, "runs/start.html", context, status=422 if context["wrong"] else 200)


def _wrong(entries: tuple[Entry, ...]) -> int:
    return sum(len(entry.faults) + _wrong(entry.entries) for entry in entries)

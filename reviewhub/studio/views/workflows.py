"""The list of workflows, and what one of them does."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from orchestration import api
from reviewhub.studio import selectors
from reviewhub.studio.access import may, workflow_for
from reviewhub.studio.drawing import drawn_definition


@login_required
@require_safe
def workflow_list(request: HttpRequest) -> HttpResponse:
    open_runs = selectors.open_runs_by_workflow()
    drafts = {draft.workflow_id: draft for draft in api.drafts().defer("text")}
    rows = [
        {"workflow": each, "open": open_runs.get(each.pk, 0), "draft": drafts.get(each.pk)}
        for each in api.workflows().defer("current__text", "current__definition")
    ]
    context = {"current": "workflows", "rows": rows, "may_make": may(request, "workflow.edit")}
    return render(request, "studio/workflows.html", context)


@login_required
@require_safe
def workflow_page(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name)
    return shown(request, workflow, workflow.current)


def shown(request: HttpRequest, workflow: Any, version: Any) -> HttpResponse:
    """One version of a workflow, drawn, beside all of its versions."""
    open_runs = selectors.open_runs_by_version(workflow.name)
    versions = api.versions(workflow.name).defer("text", "definition")
    context = {
        "current": "workflows",
        "workflow": workflow,
        "version": version,
        "blocks": drawn_definition(api.definition_of(version)) if version else (),
        "versions": [{"row": each, "open": open_runs.get(each.number, 0)} for each in versions],
        "draft": api.drafts().filter(workflow=workflow).defer("text").first(),
        "may_edit": may(request, "workflow.edit", workflow),
        "may_publish": may(request, "workflow.publish", workflow),
        "may_start": workflow.current is not None and may(request, "run.start", workflow),
        "may_migrate": len(versions) > 1 and may(request, "run.migrate", workflow),
        "may_pause": workflow.current is not None and may(request, "workflow.pause", workflow),
        "may_audit": may(request, "audit.read"),
        "chain": f"workflow:{workflow.name}",
    }
    return render(request, "studio/workflow.html", context)

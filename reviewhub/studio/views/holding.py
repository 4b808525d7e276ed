"""Pausing a workflow and letting it go on, from its page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orchestration import api
from orchestration.exceptions import OrchestrationError
from reviewhub.accounts.actors import actor_of
from reviewhub.studio.access import viewer, workflow_for

LONGEST_REASON = 300


@login_required
@require_POST
def pause(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name, "workflow.pause")
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if not reason:
        messages.error(request, _("Say why: the reason stays with the workflow. Nothing was paused."))
        return redirect("studio:workflow", name)
    holds_open = request.POST.get("runs", "all") == "all"
    try:
        api.pause_workflow(
            workflow=workflow.name, reason=reason, holds_open=holds_open, actor=actor_of(viewer(request))
        )
    except OrchestrationError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is paused. What arrives is taken, and stays at its start until it goes on."))
    return redirect("studio:workflow", name)


@login_required
@require_POST
def resumption(request: HttpRequest, name: str) -> HttpResponse:
    workflow = workflow_for(request, name, "workflow.pause")
    try:
        api.resume_workflow(workflow=workflow.name, actor=actor_of(viewer(request)))
    except OrchestrationError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It goes on, and its runs with it."))
    return redirect("studio:workflow", name)

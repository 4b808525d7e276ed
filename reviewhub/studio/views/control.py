"""What somebody does to a run from its page. Each act is a POST that says afterwards what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from orchestration import api
from orchestration.exceptions import OrchestrationError
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.permissions import require
from reviewhub.studio.access import run_for, viewer

LONGEST_REASON = 300


@login_required
@require_POST
def pause(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, "run.pause", api.pause_run, "Nothing was paused.")


@login_required
@require_POST
def resumption(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_for(request, run_id)
    require(viewer(request), "run.pause", run)
    return _done(request, run, api.resume_run)


@login_required
@require_POST
def cancellation(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, "run.cancel", api.cancel_run, "Nothing was cancelled.")


@login_required
@require_POST
def rerun(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _again(request, run_id, api.rerun)


@login_required
@require_POST
def retry(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _again(request, run_id, api.retry, path=request.POST.get("step", ""))


@login_required
@require_POST
def fork(request: HttpRequest, run_id: UUID) -> HttpResponse:
    sequence = request.POST.get("sequence", "")
    return _again(request, run_id, api.fork, sequence=int(sequence) if sequence.isdecimal() else 0)


def _again(request: HttpRequest, run_id: UUID, act: Callable[..., Any], **given: Any) -> HttpResponse:
    """The same form sent twice starts one run."""
    run = run_for(request, run_id)
    require(viewer(request), "run.again", run)
    sent = request.POST.get("event", "")[:100]
    try:
        started = act(
            run_id=run.pk, actor=actor_of(viewer(request)), event_id=f"again:{sent}" if sent else None, **given
        )
    except OrchestrationError as refused:
        messages.error(request, f"Nothing was started. {refused}")
        return redirect("studio:run", run.pk)
    return redirect("studio:run", started.run_id)


def _with_reason(request: HttpRequest, run_id: UUID, verb: str, act: Callable[..., Any], nothing: str) -> HttpResponse:
    run = run_for(request, run_id)
    require(viewer(request), verb, run)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, f"Say why: the reason stays with the run. {nothing}")
        return redirect("studio:run", run_id)
    return _done(request, run, act, reason=reason[:LONGEST_REASON])


def _done(request: HttpRequest, run: Any, act: Callable[..., Any], **given: Any) -> HttpResponse:
    try:
        act(run_id=run.pk, actor=actor_of(viewer(request)), **given)
    except OrchestrationError as refused:
        messages.error(request, str(refused))
    return redirect("studio:run", run.pk)

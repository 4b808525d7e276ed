"""What somebody does to a run from its page. Each act is a POST that says afterwards what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orchestration import api
from orchestration.exceptions import OrchestrationError
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.permissions import require
from reviewhub.numbers import number_in
from reviewhub.studio.access import run_for, viewer
from reviewhub.studio.rows import run_name, short

LONGEST_REASON = 300
IDENTITY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@login_required
@require_POST
def pause(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, "run.pause", api.pause_run, _("Nothing was paused."))


@login_required
@require_POST
def resumption(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_for(request, run_id)
    require(viewer(request), "run.pause", run)
    return _done(request, run, api.resume_run)


@login_required
@require_POST
def cancellation(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _with_reason(request, run_id, "run.cancel", api.cancel_run, _("Nothing was cancelled."))


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
    return _again(request, run_id, api.fork, sequence=number_in(request.POST.get("sequence", "")) or 0)


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
        messages.error(request, _("Nothing was started. %(why)s") % {"why": refused})
        return redirect("studio:run", run.pk)
    return redirect("studio:run", started.run_id)


def _with_reason(request: HttpRequest, run_id: UUID, verb: str, act: Callable[..., Any], nothing: str) -> HttpResponse:
    run = run_for(request, run_id)
    require(viewer(request), verb, run)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, f"{_('Say why: the reason stays with the run.')} {nothing}")
        return redirect("studio:run", run_id)
    return _done(request, run, act, reason=reason[:LONGEST_REASON])


def _done(request: HttpRequest, run: Any, act: Callable[..., Any], **given: Any) -> HttpResponse:
    try:
        act(run_id=run.pk, actor=actor_of(viewer(request)), **given)
    except OrchestrationError as refused:
        messages.error(request, str(refused))
    return redirect("studio:run", run.pk)


# ---- many at once ------------------------------------------------------------------------------

ACTS: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "pause": ("run.pause", api.pause_run),
    "resume": ("run.pause", api.resume_run),
    "cancel": ("run.cancel", api.cancel_run),
}
AT_ONCE = 200
TOLD = 10  # refusals in words; the rest are counted


@login_required
@require_POST
def acts(request: HttpRequest) -> HttpResponse:
    """Does one thing to each of the chosen runs, and says of each that could not why."""
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "").strip()
    chosen = [UUID(each) for each in request.POST.getlist("run")[:AT_ONCE] if IDENTITY.fullmatch(each)]
    back = redirect(f"{reverse('studio:runs')}?{request.POST.get('back', '')}")
    if act not in ACTS or not chosen:
        messages.error(request, _("Choose runs, and what to do with them. Nothing was done."))
    elif not reason and act != "resume":
        messages.error(request, _("Say why: the reason stays with each run. Nothing was done."))
    else:
        given = {"reason": reason[:LONGEST_REASON]} if act != "resume" else {}
        _tell(request, [_one(request, run_id, act, given) for run_id in chosen], act)
    return back


def _one(request: HttpRequest, run_id: UUID, act: str, given: dict[str, str]) -> str:
    """Why it could not be done; empty where it was."""
    verb, do = ACTS[act]
    try:
        run = run_for(request, run_id)
    except Http404:
        return _("%(run)s: there is no such run.") % {"run": short(run_id)}
    try:
        require(viewer(request), verb, run)
        do(run_id=run.pk, actor=actor_of(viewer(request)), **given)
    except (OrchestrationError, PermissionDenied) as refused:
        return f"{run_name(run)}: {refused}"
    return ""


def _tell(request: HttpRequest, results: list[str], act: str) -> None:
    refused = [each for each in results if each]
    count = len(results) - len(refused)
    if count:
        messages.success(request, _done_of(act, count))
    for each in refused[:TOLD]:
        messages.error(request, each)
    if len(refused) > TOLD:
        messages.error(request, _("%(n)s more could not be moved either.") % {"n": len(refused) - TOLD})


def _done_of(act: str, count: int) -> str:
    said = {
        "pause": ngettext("%(n)s run is paused.", "%(n)s runs are paused.", count),
        "resume": ngettext("%(n)s run is going on.", "%(n)s runs are going on.", count),
        "cancel": ngettext("%(n)s run is cancelled.", "%(n)s runs are cancelled.", count),
    }
    return said[act] % {"n": count}

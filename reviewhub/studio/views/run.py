"""A run's page and its live part."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4
from zlib import crc32

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import condition, require_safe

from orchestration import api
from orchestration.exceptions import NotFound
from reviewhub.studio.access import told_run_for, viewer
from reviewhub.studio.acts import acts_on
from reviewhub.studio.rows import run_name
from reviewhub.studio.run_page import RunPage


@login_required
@require_safe
def run_page(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = told_run_for(request, run_id)
    context = _shown(request, run)
    return render(request, "runs/run.html", context)


def _etag(request: HttpRequest, run_id: UUID) -> str:
    """A run's page changes when its audit chain grows; who looks, and at what, is part of it."""
    run = told_run_for(request, run_id)
    asked = crc32(request.META.get("QUERY_STRING", "").encode())
    return f'"{run.sequence}-{request.user.pk}-{asked:x}"'


@login_required
@require_safe
@condition(etag_func=_etag)
def run_live(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """The part of the page that moves; unchanged, it is not sent again."""
    shown = _shown(request, told_run_for(request, run_id))
    response = render(request, "runs/run.html#live", {**shown, "swap": True})
    patch_cache_control(response, private=True, no_cache=True)
    return response


@login_required
@require_safe
def run_value(request: HttpRequest, run_id: UUID, digest: str) -> HttpResponse:
    """A value that is too large for the run's page, as plain text."""
    run = told_run_for(request, run_id)
    try:
        text = json.dumps(json.loads(api.large_value(run.pk, digest)), indent=2, ensure_ascii=False)
    except NotFound:
        raise Http404("There is no such value, or it was erased.") from None
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _shown(request: HttpRequest, run: Any) -> dict[str, Any]:
    page = RunPage(run, viewer(request), request.GET.dict())
    acts, event = acts_on(request, run), str(uuid4())
    return {"current": "runs", "run": run, "page": page, "name": run_name(run), "may": acts, "event": event}

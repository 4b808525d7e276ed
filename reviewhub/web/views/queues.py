"""The queue's pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from reviewhub.web.answers import whole
from reviewhub.web.queue_views import DEFAULT, QUEUE_VIEWS


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("web:queue", view=DEFAULT)


@login_required
@require_GET
def queue(request: HttpRequest, view: str) -> HttpResponse:
    if view not in QUEUE_VIEWS:
        raise Http404("There is no such view of the queue.")
    return whole(request, None, view)

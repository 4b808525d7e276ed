"""What the viewer has been told."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from reviewhub.notifications.selectors import notices_of
from reviewhub.notifications.services import mark_read
from reviewhub.web.answers import by_method, viewer

SHOWN = 100


def _list(request: HttpRequest) -> HttpResponse:
    told = notices_of(viewer(request))[:SHOWN]
    return render(request, "desk/notices.html", {"told": told, "current": "notices"})


def _read(request: HttpRequest) -> HttpResponse:
    mark_read(actor=viewer(request))
    return redirect("web:notices")


@login_required
@require_GET
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Leads to the task, or to the run. Opening it is what marks it as read."""
    told = get_object_or_404(notices_of(viewer(request)), pk=notice_id)
    mark_read(actor=viewer(request), notices=[told.pk])
    return redirect(told.address)


notices = by_method(get=_list, post=_read)

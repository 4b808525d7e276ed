"""The pages for what went wrong: what happened, to what, and what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from reviewhub.reviews.exceptions import AnswerFirst


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = str(exception) or _("You may not see this page.")
    text = _("Ask somebody who leads the queue, or an administrator, if you need it.")
    if isinstance(exception, AnswerFirst):
        text = _("Open the task and say what you would decide. Then you may read it.")
    return _page(request, 403, "shield", said, text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("It may have been withdrawn, or the address has a slip in it.")
    return _page(request, 404, "search", _("There is nothing at this address"), text)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("Nothing was changed. Go back, load the page again, and repeat what you did.")
    return _page(request, 403, "shield", _("This page was open for too long"), text)


def broken(request: HttpRequest) -> HttpResponse:
    """Reads nothing: whatever broke may be what a fuller page would need."""
    return HttpResponse(loader.render_to_string("errors/broken.html"), status=500)


def _page(request: HttpRequest, status: int, icon: str, title: str, text: str) -> HttpResponse:
    told = {"icon": icon, "title": title, "text": text}
    return render(request, "errors/told.html", told, status=status)

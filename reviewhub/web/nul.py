"""Pages take no NUL characters: PostgreSQL cannot keep them, and nobody types them.

Bodies of the API and of webhooks are not read here; their own readers refuse NUL in them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

Handler = Callable[[HttpRequest], HttpResponse]

NUL = "\x00"
MACHINES = ("/api/", "/hooks/")


def refuse_nul(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        return _refused(request) if _has_nul(request) else get_response(request)

    return middleware


def _has_nul(request: HttpRequest) -> bool:
    if request.path.startswith(MACHINES):
        return False
    if NUL in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    return any(NUL in value for _name, values in request.POST.lists() for value in values)


def _refused(request: HttpRequest) -> HttpResponse:
    title = _("This text cannot be kept")
    text = _("It holds a NUL character, which no keyboard types. Nothing was changed; write the text anew.")
    return render(request, "errors/told.html", {"icon": "search", "title": title, "text": text}, status=400)

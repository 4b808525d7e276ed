"""What every page is answered with: the viewer's zone, texts in order, nothing for others to keep, a refusal without a
session."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone

from reviewhub.direction import bytes_in_order

Handler = Callable[[HttpRequest], HttpResponse]
FOUND, UNAUTHORISED = 302, 401


def viewer_zone(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        zone = _zone_of(request)
        if zone is None:
            return get_response(request)
        with timezone.override(zone):
            return get_response(request)

    return middleware


def signed_out(get_response: Handler) -> Handler:
    """A part of a page that is asked for without a session is refused, not led to the page of sign-in: what was typed
    stays where it is, and static/js/controllers/unanswered.js says what to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        leads_to = answer.get("Location", "") if answer.status_code == FOUND else ""
        if request.headers.get("HX-Request") == "true" and leads_to.startswith(resolve_url(settings.LOGIN_URL)):
            return HttpResponse(status=UNAUTHORISED)
        return answer

    return middleware


def in_order(get_response: Handler) -> Handler:
    """No page shows a text otherwise than it is kept. Programs that ask for JSON get it as it is."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
            answer.content = bytes_in_order(answer.content)
        return answer

    return middleware


def _zone_of(request: HttpRequest) -> ZoneInfo | None:
    name = getattr(request.user, "zone", "")
    try:
        return ZoneInfo(name) if name else None
    except ZoneInfoNotFoundError:
        return None


def kept_by_nobody_else(get_response: Handler) -> Handler:
    """Neither a cache on the way nor the browser's own keeps a page: going back after signing out shows none.

    What says otherwise knows why."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer

    return middleware

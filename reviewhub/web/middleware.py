"""What every page is answered with: times in the viewer's zone, and for nobody else to keep."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

Handler = Callable[[HttpRequest], HttpResponse]


def viewer_zone(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        zone = _zone_of(request)
        if zone is None:
            return get_response(request)
        with timezone.override(zone):
            return get_response(request)

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

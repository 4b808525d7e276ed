"""Times are shown in the viewer's zone."""

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

"""How often somebody may call. Generous for programs, and a bound on what one of them can cost the others."""

from __future__ import annotations

from django.core.cache.backends.locmem import LocMemCache
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from reviewhub.api.idempotency import owner_of


class PerCaller(SimpleRateThrottle):
    """Counts by token or person, and strangers by their address.

    Each process counts for itself: a counter that all share would make every call wait for one more server.
    """

    scope = "caller"
    cache = LocMemCache("api-calls", {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def allow_request(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            self.scope = "stranger"
            self.num_requests, self.duration = self.parse_rate(self.get_rate())
        return bool(super().allow_request(request, view))

    def get_cache_key(self, request: Request, view: APIView) -> str:
        who = owner_of(request) if request.user.is_authenticated else self.get_ident(request)
        return f"api.calls.{self.scope}.{who}"

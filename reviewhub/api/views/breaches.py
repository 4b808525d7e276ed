"""Due times that were missed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of, require_right, service_of
from reviewhub.api.paging import Keyset, page_response
from reviewhub.api.schema import paged
from reviewhub.api.serializers.breaches import BreachQuery, BreachShown
from reviewhub.api.views.base import ApiView, read_query
from reviewhub.reviews.selectors import breaches, breaches_for, by_state

NEWEST = Keyset((("-at", "datetime"), ("-id", "int")))
FILTERS = {
    "workflow": "workflow",
    "queue": "queue__slug",
    "kind": "kind",
    "cause": "cause",
    "run": "run",
    "missed_from": "at__gte",
    "missed_before": "at__lt",
}


class Breaches(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="list_breaches", parameters=[BreachQuery], responses=paged(BreachShown))
    def get(self, request: Request) -> Response:
        """The due times of tasks, steps and runs that were missed, the newest first."""
        query = read_query(BreachQuery, request)
        found = _found_for(request).filter(**{FILTERS[name]: query[name] for name in FILTERS if name in query})
        parts = by_state(found, is_open=query["open"]) if "open" in query else [found]
        rows, cursor = NEWEST.page_of(parts, query.get("cursor"), query["limit"])
        return page_response(request, BreachShown(rows, many=True).data, cursor)


def _found_for(request: Request) -> QuerySet[Any]:
    if service_of(request) is None:
        return breaches_for(person_of(request))
    require_right(request, "breach.read")
    return breaches()

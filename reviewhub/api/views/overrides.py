"""Decisions beside recommendations, one JSON object a line: for those who train, measure or audit."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from orchestration import api
from reviewhub.api.access import require_right
from reviewhub.api.serializers.queries import OverrideQuery
from reviewhub.api.views.base import ApiView, read_query
from reviewhub.reviews.selectors.overrides import exported


class Overrides(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(
        operation_id="export_overrides",
        parameters=[OverrideQuery],
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR},
    )
    def get(self, request: Request) -> HttpResponse:
        """Decisions that count, the oldest first: what the AI said, what people decided, why, and what may train.

        An auditor may read all; a process owner names a workflow of theirs. Go on with `since`.
        """
        query = read_query(OverrideQuery, request)
        named = query["workflow"]
        require_right(request, "override.export", api.workflows().filter(name=named).first() if named else None)
        rows = exported(workflow=named, since=query.get("since"), limit=query["limit"])
        return HttpResponse(_lines(rows), content_type="application/x-ndjson")


def _lines(rows: Iterator[dict[str, object]]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n"

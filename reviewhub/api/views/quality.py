"""How alike the people of a queue decide."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of, require_right, service_of
from reviewhub.api.serializers.quality import QualityList
from reviewhub.api.views.base import ApiView, shown
from reviewhub.reviews.selectors.quality import quality_of, queues_read


class Quality(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="read_quality", responses=QualityList)
    def get(self, request: Request) -> Response:
        """Of each queue that the caller leads; auditors read all."""
        if service_of(request) is not None:
            require_right(request, "quality.read")
        return shown(QualityList, {"items": [quality_of(queue) for queue in queues_read(person_of(request))]})

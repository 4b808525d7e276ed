"""Who would be asked, and when, by a policy of the settings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api, ports
from orchestration.exceptions import NotFound
from reviewhub.api.access import require_right
from reviewhub.api.fields import Shown, Strict
from reviewhub.api.serializers.tasks import FutureShown
from reviewhub.api.views.base import ApiView, read_query
from reviewhub.reviews.models import Queue
from reviewhub.reviews.selectors.preview import Supposed, preview_of


class PreviewQuery(Strict):
    queue = serializers.SlugRelatedField(slug_field="slug", queryset=Queue.objects.all(), help_text="Its slug.")
    at = serializers.DateTimeField(required=False, help_text="When the task would come; now where it is not said.")
    sla = serializers.CharField(required=False, default="", max_length=100, help_text="An SLA policy of the settings.")
    critical = serializers.BooleanField(required=False, default=False)
    workflow = serializers.CharField(required=False, default="", max_length=100, help_text="Whose owner is meant.")
    requester = serializers.CharField(required=False, default="", max_length=254, help_text="Who may not be asked.")


class PreviewShown(Shown):
    future = FutureShown(many=True)


class Preview(ApiView):
    scopes = {"GET": "workflows:read"}

    @extend_schema(operation_id="preview_escalation", parameters=[PreviewQuery], responses=PreviewShown)
    def get(self, request: Request, name: str) -> Response:
        """Who would be asked, and when, for a task that came at an instant. Nobody is asked by it."""
        require_right(request, "workflow.read")
        query = read_query(PreviewQuery, request)
        try:
            future = preview_of(name, _supposed(query), query["sla"])
        except NotFound as error:
            raise serializers.ValidationError({"policy": [str(error)]}) from error
        return Response(PreviewShown({"future": future}).data)


def _supposed(query: dict[str, Any]) -> Supposed:
    workflow = api.workflows().filter(name=query["workflow"]).first()
    return Supposed(
        queue=query["queue"],
        at=query.get("at") or ports.clock().process_now(),
        critical=query["critical"],
        requester=query["requester"],
        workflow=query["workflow"],
        owner=workflow.owner if workflow is not None else "",
    )

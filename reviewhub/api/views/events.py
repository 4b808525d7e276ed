"""Events: telling runs what they wait for."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api
from reviewhub.api.access import actor_of, require_right
from reviewhub.api.idempotency import idempotent
from reviewhub.api.schema import IDEMPOTENCY_KEY
from reviewhub.api.serializers.events import EventSent, EventTaken
from reviewhub.api.views.base import ApiView, read_body, shown


class Events(ApiView):
    scopes = {"POST": "events:send"}

    @extend_schema(
        operation_id="send_event",
        parameters=[IDEMPOTENCY_KEY],
        request=EventSent,
        responses={200: EventTaken, 202: EventTaken},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Tells the runs that wait for this name and key, and starts the workflows that the event triggers."""
        require_right(request, "event.send")
        taken = api.send_event(**read_body(EventSent, request), actor=actor_of(request))
        return shown(EventTaken, taken, status=202 if taken.created else 200)

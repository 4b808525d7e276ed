"""What is stuck and why, and what can be done about messages and events."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api
from reviewhub.api.access import actor_of, require_right
from reviewhub.api.paging import page_response
from reviewhub.api.schema import paged
from reviewhub.api.serializers.stuck import Dropping as DroppingBody
from reviewhub.api.serializers.stuck import EventStarted, MessageSent, StuckQuery, StuckShown
from reviewhub.api.views.base import ApiView, read_body, read_query, shown


class StuckList(ApiView):
    scopes = {"GET": "stuck:read"}

    @extend_schema(operation_id="list_stuck", parameters=[StuckQuery], responses=paged(StuckShown))
    def get(self, request: Request) -> Response:
        """One kind of being stuck, the oldest first."""
        require_right(request, "stuck.read")
        query = read_query(StuckQuery, request)
        found = api.stuck(query["kind"], after=query["after"], limit=query["limit"] + 1)
        page = found[: query["limit"]]
        more = page[-1].id if len(found) > len(page) else None
        return page_response(request, StuckShown(page, many=True).data, more, name="after")


class Sending(ApiView):
    scopes = {"POST": "stuck:handle"}

    @extend_schema(operation_id="send_message", request=None, responses=MessageSent)
    def post(self, request: Request, message_id: int) -> Response:
        """Tries to send a message at once."""
        require_right(request, "message.handle")
        return shown(MessageSent, {"sent": api.send_message_now(message_id=message_id, actor=actor_of(request))})


class Dropping(ApiView):
    scopes = {"POST": "stuck:handle"}

    @extend_schema(operation_id="drop_message", request=DroppingBody, responses={204: None})
    def post(self, request: Request, message_id: int) -> Response:
        """Gives a message up, with a reason. What it said stays in the audit trail."""
        require_right(request, "message.handle")
        reason = read_body(DroppingBody, request)["reason"]
        api.drop_message(message_id=message_id, reason=reason, actor=actor_of(request))
        return Response(status=204)


class Starting(ApiView):
    scopes = {"POST": "stuck:handle"}

    @extend_schema(operation_id="start_refused_event", request=None, responses=EventStarted)
    def post(self, request: Request, event_id: int) -> Response:
        """Tries again what a refused event should have started, on the workflows as they are now."""
        require_right(request, "message.handle")
        started = api.start_refused_again(event_id=event_id, actor=actor_of(request))
        return shown(EventStarted, {"started": started})


class EventDropping(ApiView):
    scopes = {"POST": "stuck:handle"}

    @extend_schema(operation_id="drop_refused_event", request=DroppingBody, responses={204: None})
    def post(self, request: Request, event_id: int) -> Response:
        """Lets a refused event start nothing any more, with a reason. Runs that wait for it may still find it."""
        require_right(request, "message.handle")
        api.drop_refused(event_id=event_id, reason=read_body(DroppingBody, request)["reason"], actor=actor_of(request))
        return Response(status=204)

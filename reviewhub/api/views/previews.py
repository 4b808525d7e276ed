"""Who would be asked, and when, by a policy of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api, ports
from orchestration.api import InvalidCalendar
from orchestration.exceptions import NotFound
from reviewhub.api.access import require_right
from reviewhub.api.fields import BySlug, Shown, Strict
from reviewhub.api.serializers.tasks import FutureShown
from reviewhub.api.views.base import ApiView, read_body, read_query
from reviewhub.reviews.models import Queue
from reviewhub.reviews.policy_texts import InvalidPolicy, read_escalation, read_sla
from reviewhub.reviews.selectors.preview import Supposed, foreseen, preview_of, unsaved_calendar


def _queue(**more: Any) -> BySlug:
    return BySlug(slug_field="slug", queryset=Queue.objects.all(), help_text="Its slug.", **more)


class PreviewQuery(Strict):
    queue = _queue()
    at = serializers.DateTimeField(required=False, help_text="When the task would come; now where it is not said.")
    sla = serializers.CharField(required=False, default="", max_length=100, help_text="An SLA policy of the settings.")
    critical = serializers.BooleanField(required=False, default=False)
    workflow = serializers.CharField(required=False, default="", max_length=100, help_text="Whose owner is meant.")
    requester = serializers.CharField(required=False, default="", max_length=254, help_text="Who may not be asked.")


class CalendarGiven(Strict):
    zone = serializers.CharField(max_length=60, help_text="Like Europe/Helsinki.")
    week = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=20), max_length=10),
        help_text="By day (mon to sun), blocks such as 09:00-12:30; a day that is not named is closed.",
    )
    country = serializers.CharField(required=False, default="", max_length=2, help_text="Whose public holidays.")
    subdivision = serializers.CharField(required=False, default="", max_length=6)
    extra = serializers.ListField(
        child=serializers.DateField(), required=False, default=list, max_length=400, help_text="More days off."
    )


class UnsavedGiven(PreviewQuery):
    queue = _queue(required=False, default=None)
    escalation = serializers.CharField(
        required=False, max_length=20_000, trim_whitespace=False, help_text="The text of a chain; it needs a queue."
    )
    sla = serializers.CharField(
        required=False, max_length=20_000, trim_whitespace=False, help_text="The text of an SLA policy."
    )
    calendar = CalendarGiven(required=False, help_text="In the place of the one that the SLA names.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if given.get("escalation") and given["queue"] is None:
            raise serializers.ValidationError({"queue": ["A chain is of the tasks of a queue: name it."]})
        return given


class PreviewShown(Shown):
    future = FutureShown(many=True)


class Unsaved(ApiView):
    scopes = {"POST": "workflows:read"}

    @extend_schema(operation_id="preview_unsaved", request=UnsavedGiven, responses=PreviewShown)
    def post(self, request: Request) -> Response:
        """What a chain, an SLA policy or a calendar would do as it is written here. It is stored nowhere."""
        require_right(request, "config.edit")
        given = read_body(UnsavedGiven, request)
        made = {name: _read(name, read, given.get(name)) for name, read in _READ.items()}
        try:
            future = foreseen(
                _supposed(given),
                levels=made["escalation"] or (),
                clock=made["sla"],
                calendar=made["calendar"],
            )
        except NotFound as error:
            raise serializers.ValidationError({"sla": [str(error)]}) from error
        except OverflowError as error:
            raise serializers.ValidationError({"at": ["This would come later than the calendar goes."]}) from error
        return Response(PreviewShown({"future": future}).data)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "escalation": read_escalation,
    "sla": read_sla,
    "calendar": lambda given: unsaved_calendar(**given),
}


def _read(name: str, read: Callable[[Any], Any], given: Any) -> Any:
    """A fault is told at the line that it is in."""
    try:
        return read(given) if given else None
    except InvalidPolicy as error:
        said = [f"Line {line}: {message}" for line, message in error.faults]
        raise serializers.ValidationError({name: said}) from error
    except InvalidCalendar as error:
        raise serializers.ValidationError({name: [str(error)]}) from error


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

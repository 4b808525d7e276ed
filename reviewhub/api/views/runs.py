"""Runs: listing, reading, starting, cancelling."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api
from orchestration.exceptions import NotFound
from reviewhub.api.access import actor_of, require_right
from reviewhub.api.idempotency import idempotent
from reviewhub.api.paging import Keyset, page_response
from reviewhub.api.schema import IDEMPOTENCY_KEY, paged
from reviewhub.api.serializers.queries import RunQuery, StepQuery, TimelineQuery
from reviewhub.api.serializers.runs import (
    Cancellation,
    EntryShown,
    RunShown,
    RunStart,
    RunStarted,
    RunWithInput,
    StepShown,
    run_url,
)
from reviewhub.api.views.base import ApiView, read_body, read_query, shown
from reviewhub.api.visibility import run_for, runs_in_parts_for, told_run_for

NEWEST = Keyset((("-started_at", "datetime"), ("-id", "uuid")))
IN_ORDER = Keyset((("position", "int"), ("id", "int")))
FILTERS = {
    "workflow": "workflow__name",
    "status": "status",
    "outcome": "outcome",
    "event_id": "event_id",
    "business_key": "business_key",
    "started_from": "started_at__gte",
    "started_before": "started_at__lt",
}
UNSHOWN = ("input", "error", "version__text", "version__definition")


class Runs(ApiView):
    scopes = {"GET": "runs:read", "POST": "runs:start"}
    refusals = {"POST": (404, 409)}

    @extend_schema(operation_id="list_runs", parameters=[RunQuery], responses=paged(RunShown))
    def get(self, request: Request) -> Response:
        query = read_query(RunQuery, request)
        wanted = {FILTERS[name]: value for name, value in query.items() if name in FILTERS}
        runs = [part.filter(**wanted).defer(*UNSHOWN) for part in runs_in_parts_for(request)]
        rows, cursor = NEWEST.page_of(runs, query.get("cursor"), query["limit"])
        return page_response(request, RunShown(rows, many=True).data, cursor)

    @extend_schema(
        operation_id="start_run",
        parameters=[IDEMPOTENCY_KEY],
        request=RunStart,
        responses={200: RunStarted, 201: RunStarted},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Starts a run, or answers with the one that the event or the business key has started before."""
        wanted = read_body(RunStart, request)
        workflow = api.workflows().filter(name=wanted["workflow"]).first()
        require_right(request, "run.start", workflow)
        if workflow is None:
            raise Http404
        started = api.start_run(**wanted, actor=actor_of(request), source="api")
        return shown(RunStarted, started, status=201 if started.created else 200, Location=run_url(started.run_id))


class OneRun(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="read_run", responses=RunWithInput)
    def get(self, request: Request, run_id: UUID) -> Response:
        return shown(RunWithInput, told_run_for(request, run_id))


class Cancelling(ApiView):
    scopes = {"POST": "runs:cancel"}
    refusals = {"POST": (409,)}

    @extend_schema(
        operation_id="cancel_run", parameters=[IDEMPOTENCY_KEY], request=Cancellation, responses=RunWithInput
    )
    @idempotent
    def post(self, request: Request, run_id: UUID) -> Response:
        """Ends an open run now. Its open steps are cancelled, and its reviews withdrawn."""
        run = run_for(request, run_id)
        require_right(request, "run.cancel", run)
        api.cancel_run(run_id=run.pk, reason=read_body(Cancellation, request)["reason"], actor=actor_of(request))
        return shown(RunWithInput, run_for(request, run_id))


class Timeline(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="read_run_timeline", parameters=[TimelineQuery], responses=paged(EntryShown))
    def get(self, request: Request, run_id: UUID) -> Response:
        """What happened, in order: the run's audit chain."""
        query = read_query(TimelineQuery, request)
        run = told_run_for(request, run_id)
        entries = api.told(run.pk, api.timeline_after(run.pk, query["after"], query["limit"] + 1))
        page = entries[: query["limit"]]
        more = page[-1].sequence if len(entries) > len(page) else None
        return page_response(request, EntryShown(page, many=True).data, more, name="after")


class OneValue(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="read_run_value", responses=OpenApiTypes.ANY)
    def get(self, request: Request, run_id: UUID, digest: str) -> Response:
        """A value in whose place a reference stands because it is large, as it is."""
        run = told_run_for(request, run_id)
        try:
            return Response(json.loads(api.large_value(run.pk, digest)))
        except NotFound:
            raise Http404 from None


class Steps(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="list_run_steps", parameters=[StepQuery], responses=paged(StepShown))
    def get(self, request: Request, run_id: UUID) -> Response:
        """In the order in which they were opened."""
        query = read_query(StepQuery, request)
        run = told_run_for(request, run_id)
        steps, more = IN_ORDER.page(api.run_steps(run.pk), query.get("cursor"), query["limit"])
        attempts = api.run_attempts(run.pk).filter(path__in=[step.path for step in steps])
        known: dict[str, Any] = {"attempts": list(attempts)}
        return page_response(request, StepShown(steps, many=True, context=known).data, more)

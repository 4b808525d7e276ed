"""Workflows: reading, deploying, going back."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api
from orchestration.exceptions import InvalidTransition, InvalidWorkflow
from reviewhub.api.access import actor_of, require_right
from reviewhub.api.conditions import etag_of, expected_version, is_known
from reviewhub.api.idempotency import idempotent
from reviewhub.api.paging import Keyset, page_response
from reviewhub.api.parsing import StrictJSONParser, TextParser
from reviewhub.api.problems import Problem
from reviewhub.api.schema import IDEMPOTENCY_KEY, IF_MATCH, paged
from reviewhub.api.serializers.queries import PageQuery
from reviewhub.api.serializers.workflows import (
    Deployment,
    DeploymentQuery,
    VersionShown,
    VersionWithText,
    WorkflowPause,
    WorkflowShown,
    WorkflowWithText,
)
from reviewhub.api.views.base import ApiView, read_body, read_query, shown

BY_NAME = Keyset((("name", "str"),))
NEWEST = Keyset((("-number", "int"),))


class Workflows(ApiView):
    scopes = {"GET": "workflows:read"}

    @extend_schema(operation_id="list_workflows", parameters=[PageQuery], responses=paged(WorkflowShown))
    def get(self, request: Request) -> Response:
        require_right(request, "workflow.read")
        query = read_query(PageQuery, request)
        rows, cursor = BY_NAME.page(api.workflows(), query.get("cursor"), query["limit"])
        return page_response(request, WorkflowShown(rows, many=True).data, cursor)


class OneWorkflow(ApiView):
    scopes = {"GET": "workflows:read", "PUT": "workflows:deploy"}
    refusals = {"PUT": (409, 412)}
    parser_classes: Any = (StrictJSONParser, TextParser)

    @extend_schema(operation_id="read_workflow", responses=WorkflowWithText)
    def get(self, request: Request, name: str) -> Response:
        require_right(request, "workflow.read")
        workflow = _found(name)
        etag = _etag(workflow)
        if is_known(request, etag):
            return Response(status=304, headers={"ETag": etag})
        return shown(WorkflowWithText, workflow, ETag=etag)

    @extend_schema(
        operation_id="deploy_workflow",
        parameters=[DeploymentQuery, IF_MATCH],
        request={"application/json": Deployment, "application/yaml": str},
        responses={200: WorkflowWithText, 201: WorkflowWithText},
    )
    def put(self, request: Request, name: str) -> Response:
        """Publishes the text, if it has no fault and the tests beside it pass. The same content as the current version
        publishes nothing."""
        known = api.workflows().filter(name=name).first()
        require_right(request, "workflow.publish", known or name)
        query = read_query(DeploymentQuery, request)
        given = read_body(Deployment, request)
        _check_name(given["text"], name)
        skip_tests = query.get("skip_tests") or given["skip_tests"]
        _publish(request, given["text"], query.get("note") or given["note"], skip_tests=skip_tests)
        workflow = _found(name)
        is_new = known is None or known.current is None
        return shown(WorkflowWithText, workflow, status=201 if is_new else 200, ETag=_etag(workflow))


class Versions(ApiView):
    scopes = {"GET": "workflows:read"}

    @extend_schema(operation_id="list_workflow_versions", parameters=[PageQuery], responses=paged(VersionShown))
    def get(self, request: Request, name: str) -> Response:
        require_right(request, "workflow.read")
        query = read_query(PageQuery, request)
        _found(name)
        rows, cursor = NEWEST.page(api.versions(name), query.get("cursor"), query["limit"])
        return page_response(request, VersionShown(rows, many=True).data, cursor)


class OneVersion(ApiView):
    scopes = {"GET": "workflows:read"}

    @extend_schema(operation_id="read_workflow_version", responses=VersionWithText)
    def get(self, request: Request, name: str, number: int) -> Response:
        require_right(request, "workflow.read")
        version = api.versions(name).filter(number=number).first()
        if version is None:
            raise Http404
        return shown(VersionWithText, version)


class Pausing(ApiView):
    scopes = {"POST": "workflows:pause", "DELETE": "workflows:pause"}
    refusals = {"POST": (409,), "DELETE": (409,)}

    @extend_schema(
        operation_id="pause_workflow", parameters=[IDEMPOTENCY_KEY], request=WorkflowPause, responses=WorkflowWithText
    )
    @idempotent
    def post(self, request: Request, name: str) -> Response:
        """New runs are taken and stay at their start; open ones stand still too, unless it is said otherwise."""
        require_right(request, "workflow.pause", _found(name))
        api.pause_workflow(workflow=name, actor=actor_of(request), **read_body(WorkflowPause, request))
        return shown(WorkflowWithText, _found(name))

    @extend_schema(operation_id="resume_workflow", request=None, responses={200: WorkflowWithText})
    def delete(self, request: Request, name: str) -> Response:
        """Its runs go on where they stood, their clocks later by the length of the pause."""
        require_right(request, "workflow.pause", _found(name))
        api.resume_workflow(workflow=name, actor=actor_of(request))
        return shown(WorkflowWithText, _found(name))


class Activation(ApiView):
    scopes = {"POST": "workflows:deploy"}
    refusals = {"POST": (409, 422)}

    @extend_schema(
        operation_id="activate_workflow_version",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses=WorkflowWithText,
    )
    @idempotent
    def post(self, request: Request, name: str, number: int) -> Response:
        """Goes back, or forward: new runs take this version. Open runs stay on theirs."""
        require_right(request, "workflow.publish", _found(name))
        api.activate_version(workflow=name, number=number, actor=actor_of(request))
        workflow = _found(name)
        return shown(WorkflowWithText, workflow, ETag=_etag(workflow))


def _found(name: str) -> Any:
    workflow = api.workflows().filter(name=name).first()
    if workflow is None:
        raise Http404
    return workflow


def _etag(workflow: Any) -> str:
    number = workflow.current.number if workflow.current else 0
    return etag_of(number, f"paused.{workflow.paused_at.timestamp():.6f}" if workflow.paused_at else "")


def _check_name(text: str, name: str) -> None:
    checked = api.check_workflow(text)
    if checked.canonical is None:
        raise InvalidWorkflow(checked.faults)
    if checked.canonical["workflow"] != name:
        message = f"The text is of the workflow {checked.canonical['workflow']!r}, and this is the address of {name!r}."
        raise Problem("invalid", errors=[{"path": "/text", "message": message}])


def _publish(request: Request, text: str, note: str, *, skip_tests: bool) -> None:
    expected = expected_version(request)
    try:
        api.deploy_workflow(
            text=text, note=note, actor=actor_of(request), expected_current=expected, skip_tests=skip_tests
        )
    except InvalidTransition as error:
        if expected is None:
            raise
        raise Problem("stale", str(error)) from error

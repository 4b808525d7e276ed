"""Review tasks: listing, reading, claiming, deciding, commenting. All rules are the desk's; these are its doors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of, require_right, service_of
from reviewhub.api.conditions import etag_of, expected_version, is_known, required_version
from reviewhub.api.idempotency import idempotent
from reviewhub.api.paging import Keyset, page_response
from reviewhub.api.schema import IDEMPOTENCY_KEY, IF_MATCH, IF_MATCH_REQUIRED, paged
from reviewhub.api.serializers.queries import PageQuery, ReasonQuery, TaskQuery
from reviewhub.api.serializers.tasks import CommentGiven, CommentShown, DecisionGiven, ReasonShown, TaskRow, TaskShown
from reviewhub.api.views.base import ApiView, read_body, read_query, shown
from reviewhub.api.visibility import task_for, tasks_for, told_run
from reviewhub.reviews import services
from reviewhub.reviews.models import Decision
from reviewhub.reviews.selectors import VIEWS, reason_groups, view

URGENT_FIRST = Keyset((("urgency_at", "datetime"), ("id", "uuid")))
LATEST_FIRST = Keyset((("-decided_at", "datetime"), ("-id", "uuid")))
OLDEST_FIRST = Keyset((("created_at", "datetime"), ("id", "int")))
FILTERS = {"queue": "queue__slug", "workflow": "workflow", "run": "run_id", "kind": "kind", "status": "status"}


class Tasks(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="list_tasks", parameters=[TaskQuery], responses=paged(TaskRow))
    def get(self, request: Request) -> Response:
        query = read_query(TaskQuery, request)
        wanted = {FILTERS[name]: value for name, value in query.items() if name in FILTERS}
        tasks = _view(request, query["view"]).filter(**wanted).for_listing()
        order = LATEST_FIRST if query["view"] == "done" else URGENT_FIRST
        rows, cursor = order.page(tasks, query.get("cursor"), query["limit"])
        return page_response(request, TaskRow(rows, many=True, context=told_run(request)).data, cursor)


class OneTask(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="read_task", responses=TaskShown)
    def get(self, request: Request, task_id: UUID) -> Response:
        task = task_for(request, task_id)
        if not task.ai_hidden and is_known(request, etag_of(task.version)):
            return Response(status=304, headers={"ETag": etag_of(task.version)})
        return shown(TaskShown, task, context=told_run(request), ETag=etag_of(task.version))


class Claim(ApiView):
    scopes = {"POST": "tasks:decide", "DELETE": "tasks:decide"}
    refusals = {"POST": (409, 412), "DELETE": (409,)}

    @extend_schema(operation_id="claim_task", parameters=[IDEMPOTENCY_KEY, IF_MATCH], request=None, responses=TaskShown)
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Takes the task for the length of the queue's lease; once more makes the lease anew."""
        task = task_for(request, task_id)
        require_right(request, "task.claim", task)
        services.claim_task(task_id=task.pk, actor=person_of(request), expected_version=expected_version(request))
        return as_it_stands(request, task_id)

    @extend_schema(operation_id="release_task", request=None, responses={200: TaskShown})
    def delete(self, request: Request, task_id: UUID) -> Response:
        """Gives the task back. A lead may give back somebody else's."""
        task = task_for(request, task_id)
        services.release_task(
            task_id=task.pk, actor=deciding_person(request), expected_version=expected_version(request)
        )
        return as_it_stands(request, task_id)


class Deciding(ApiView):
    scopes = {"POST": "tasks:decide", "DELETE": "tasks:decide"}
    refusals = {"POST": (409, 412, 428), "DELETE": (409,)}

    @extend_schema(
        operation_id="decide_task",
        parameters=[IDEMPOTENCY_KEY, IF_MATCH_REQUIRED],
        request=DecisionGiven,
        responses={201: TaskShown},
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        """Decides the task. The run goes on when the undo window has closed."""
        task = task_for(request, task_id)
        require_right(request, "task.decide", task)
        given = read_body(DecisionGiven, request)
        services.decide_task(
            task_id=task.pk,
            actor=person_of(request),
            expected_version=required_version(request),
            fields=given.pop("corrections"),
            idempotency_key=request.headers.get("Idempotency-Key", ""),
            channel=Decision.Channel.API,
            **given,
        )
        return as_it_stands(request, task_id, status=201)

    @extend_schema(operation_id="take_back_decision", request=None, responses={200: TaskShown})
    def delete(self, request: Request, task_id: UUID) -> Response:
        """Takes one's own decision back, while its undo window is open."""
        services.take_back_decision(task_id=task_for(request, task_id).pk, actor=deciding_person(request))
        return as_it_stands(request, task_id)


class Comments(ApiView):
    scopes = {"GET": "tasks:read", "POST": "tasks:comment"}

    @extend_schema(operation_id="list_comments", parameters=[PageQuery], responses=paged(CommentShown))
    def get(self, request: Request, task_id: UUID) -> Response:
        query = read_query(PageQuery, request)
        comments = task_for(request, task_id).comments.select_related("by")
        rows, cursor = OLDEST_FIRST.page(comments, query.get("cursor"), query["limit"])
        return page_response(request, CommentShown(rows, many=True).data, cursor)

    @extend_schema(
        operation_id="add_comment", parameters=[IDEMPOTENCY_KEY], request=CommentGiven, responses={201: CommentShown}
    )
    @idempotent
    def post(self, request: Request, task_id: UUID) -> Response:
        task = task_for(request, task_id)
        require_right(request, "task.comment", task)
        said = read_body(CommentGiven, request)
        comment = services.comment_on_task(task_id=task.pk, actor=person_of(request), **said)
        return shown(CommentShown, comment, status=201)


class Reasons(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="list_reasons", parameters=[ReasonQuery], responses=paged(ReasonShown))
    def get(self, request: Request) -> Response:
        """The reasons that a decision may give, first levels before their details."""
        workflow = read_query(ReasonQuery, request)["workflow"]
        offered = [reason for group in reason_groups(workflow) for reason in (group.reason, *group.details)]
        return page_response(request, ReasonShown(offered, many=True).data, None)


def _view(request: Request, name: str) -> Any:
    if name not in VIEWS:
        return tasks_for(request) if name == "all" else tasks_for(request).waiting()
    if service_of(request) is not None:
        raise serializers.ValidationError({"view": ["A service token has no tasks of its own: waiting or all."]})
    return view(name, person_of(request))


def deciding_person(request: Request) -> Any:
    """The person; a service token is none."""
    if service_of(request) is not None:
        require_right(request, "task.decide")
    return person_of(request)


def as_it_stands(request: Request, task_id: UUID, status: int = 200) -> Response:
    task = task_for(request, task_id)
    return shown(TaskShown, task, status, told_run(request), ETag=etag_of(task.version))

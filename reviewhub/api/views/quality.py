"""How alike the people of a queue decide, and the cases whose answer is known."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from reviewhub.api.access import person_of, require_right, service_of
from reviewhub.api.idempotency import idempotent
from reviewhub.api.paging import Keyset, page_response
from reviewhub.api.schema import IDEMPOTENCY_KEY, paged
from reviewhub.api.serializers.quality import KnownAnswerGiven, KnownAnswerQuery, KnownAnswerShown, QualityList
from reviewhub.api.views.base import ApiView, read_body, read_query, shown
from reviewhub.api.visibility import task_for
from reviewhub.reviews import services
from reviewhub.reviews.selectors.quality import known_answers_for, quality_of, queues_read

LATEST_FIRST = Keyset((("-marked_at", "datetime"), ("-id", "int")))


class Quality(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(operation_id="read_quality", responses=QualityList)
    def get(self, request: Request) -> Response:
        """Of each queue that the caller leads; auditors read all."""
        if service_of(request) is not None:
            require_right(request, "quality.read")
        return shown(QualityList, {"items": [quality_of(queue) for queue in queues_read(person_of(request))]})


class KnownAnswers(ApiView):
    scopes = {"GET": "queues:read"}

    @extend_schema(operation_id="list_known_answers", parameters=[KnownAnswerQuery], responses=paged(KnownAnswerShown))
    def get(self, request: Request) -> Response:
        """Of the queues that the caller leads and of their workflows, the latest first; auditors read all."""
        query, found = read_query(KnownAnswerQuery, request), known_answers_for(person_of(request))
        if "queue" in query:
            found = found.filter(task__queue__slug=query["queue"])
        rows, cursor = LATEST_FIRST.page(found, query.get("cursor"), query["limit"])
        return page_response(request, KnownAnswerShown(rows, many=True).data, cursor)


class KnownAnswer(ApiView):
    scopes = {"PUT": "queues:lead", "DELETE": "queues:lead"}

    @extend_schema(
        operation_id="mark_known_answer",
        parameters=[IDEMPOTENCY_KEY],
        request=KnownAnswerGiven,
        responses=KnownAnswerShown,
    )
    @idempotent
    def put(self, request: Request, task_id: UUID) -> Response:
        """The caller stands for the outcome of a closed case: from now on it is given to others now and then."""
        task = task_for(request, task_id)
        require_right(request, "quality.mark", task)
        outcome = read_body(KnownAnswerGiven, request)["outcome"]
        known = services.mark_known_answer(task_id=task.pk, actor=person_of(request), outcome=outcome)
        return shown(KnownAnswerShown, known)

    @extend_schema(operation_id="retire_known_answer", request=None, responses={204: None})
    def delete(self, request: Request, task_id: UUID) -> Response:
        """It is not given again; what was found with it stays."""
        task = task_for(request, task_id)
        require_right(request, "quality.mark", task)
        services.unmark_known_answer(task_id=task.pk, actor=person_of(request))
        return Response(status=204)

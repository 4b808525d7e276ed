"""Documents: kept before a run names them, and read where a run does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from orchestration import api
from orchestration.exceptions import DamagedDocument, InvalidDocument, NotFound
from orchestration.ports import Actor
from reviewhub.accounts.actors import actor_of as actor_of_person
from reviewhub.api.access import actor_of, person_of, require_right
from reviewhub.api.parsing import read_bounded
from reviewhub.api.problems import Problem
from reviewhub.api.serializers.documents import DocumentQuery, DocumentShown, DocumentsOfTask
from reviewhub.api.views.base import ApiView, read_query
from reviewhub.api.visibility import run_for, task_for
from reviewhub.reviews.selectors.documents import documents_of_task


class BytesParser(BaseParser):
    """Any body, as `{"data": bytes}`."""

    media_type = "*/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        from django.conf import settings

        return {"data": read_bounded(stream, settings.DOCUMENT_MAX_BYTES)}


class Documents(ApiView):
    scopes = {"POST": "runs:start"}
    parser_classes = [BytesParser]

    @extend_schema(
        operation_id="keep_document",
        parameters=[DocumentQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: DocumentShown},
    )
    def post(self, request: Request, name: str) -> Response:
        """Keeps the body as a document. The answer is the value that names it in an input, an event or a result.

        `Content-Type` says what it is. The same bytes are kept once, so that sending them again does no harm.
        """
        workflow = api.workflows().filter(name=name).first()
        require_right(request, "run.start", workflow)
        if workflow is None:
            raise Http404
        query = read_query(DocumentQuery, request)
        return Response(_kept(request, query["name"], workflow=name), status=201)


class OneDocument(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="read_document", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, run_id: UUID, digest: str) -> HttpResponse:
        """The bytes of a document that the run's input or one of its steps' results names."""
        run = run_for(request, run_id)
        named = next((each for each in api.documents_of_run(run.pk) if each[api.DOCUMENT_DIGEST] == digest), None)
        if named is None:
            raise Http404
        return _file(named)


class OfTask(ApiView):
    scopes = {"GET": "tasks:read", "POST": "tasks:comment"}
    parser_classes = [BytesParser]

    @extend_schema(operation_id="list_documents_of_task", responses=DocumentsOfTask)
    def get(self, request: Request, task_id: UUID) -> Response:
        """The documents of its case and of its comments, each once."""
        named = {
            each[api.DOCUMENT_DIGEST]: (path, each) for path, each in documents_of_task(task_for(request, task_id))
        }
        return Response({"results": [{**each, "path": path} for path, each in named.values()]})

    @extend_schema(
        operation_id="send_document_to_task",
        parameters=[DocumentQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: DocumentShown},
    )
    def post(self, request: Request, task_id: UUID) -> Response:
        """Keeps the body for a comment on the task, which names what is answered here."""
        require_right(request, "task.comment", task_for(request, task_id))
        query = read_query(DocumentQuery, request)
        return Response(_kept(request, query["name"], by=actor_of_person(person_of(request))), status=201)


class OneOfTask(ApiView):
    scopes = {"GET": "tasks:read"}

    @extend_schema(
        operation_id="read_document_of_task", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, task_id: UUID, digest: str) -> HttpResponse:
        """The bytes of a document that the task's case or one of its comments names."""
        named = (
            each for _, each in documents_of_task(task_for(request, task_id)) if each[api.DOCUMENT_DIGEST] == digest
        )
        found = next(named, None)
        if found is None:
            raise Http404
        return _file(found)


class OfReviews(ApiView):
    scopes = {"POST": "reviews:create"}
    parser_classes = [BytesParser]

    @extend_schema(
        operation_id="send_document_of_review",
        parameters=[DocumentQuery],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={201: DocumentShown},
    )
    def post(self, request: Request) -> Response:
        """Keeps the body for a review that is asked for next: `{"title": "…", "document": <the answer>}`."""
        require_right(request, "review.ask")
        query = read_query(DocumentQuery, request)
        return Response(_kept(request, query["name"]), status=201)


def _kept(request: Request, name: str, *, by: Actor | None = None, workflow: str = "") -> dict[str, Any]:
    said = request.content_type or "application/octet-stream"
    sender = by or actor_of(request)
    try:
        return api.keep_document(_body(request), name=name, media_type=said, by=sender, workflow=workflow)
    except InvalidDocument as error:
        raise Problem("invalid", str(error)) from error


def _file(named: Mapping[str, Any]) -> HttpResponse:
    """To be kept, and never to be opened as a page."""
    try:
        answer = HttpResponse(api.read_document(named[api.DOCUMENT_DIGEST]), content_type="application/octet-stream")
    except (NotFound, DamagedDocument):
        raise Http404 from None
    said = content_disposition_header(as_attachment=True, filename=str(named["name"]))
    answer["Content-Disposition"] = said or "attachment"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _body(request: Request) -> bytes:
    """Empty where nothing was sent: a request without a body is not parsed."""
    held = request.data
    return bytes(held["data"]) if isinstance(held, dict) and "data" in held else b""

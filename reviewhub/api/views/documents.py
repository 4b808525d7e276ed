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
from reviewhub.api.access import require_right
from reviewhub.api.parsing import read_bounded
from reviewhub.api.problems import Problem
from reviewhub.api.serializers.documents import DocumentQuery, DocumentShown
from reviewhub.api.views.base import ApiView, read_query
from reviewhub.api.visibility import run_for


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
        said = request.content_type or "application/octet-stream"
        try:
            kept = api.keep_document(_body(request), name=query["name"], media_type=said)
        except InvalidDocument as error:
            raise Problem("invalid", str(error)) from error
        return Response(kept, status=201)


class OneDocument(ApiView):
    scopes = {"GET": "runs:read"}

    @extend_schema(operation_id="read_document", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, run_id: UUID, digest: str) -> HttpResponse:
        """The bytes of a document that the run's input or one of its steps' results names."""
        run = run_for(request, run_id)
        named = next((each for each in api.documents_of_run(run.pk) if each[api.DOCUMENT_DIGEST] == digest), None)
        if named is None:
            raise Http404
        try:
            answer = HttpResponse(api.read_document(digest), content_type="application/octet-stream")
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

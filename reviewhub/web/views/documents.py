"""Documents of a task: looked at, page by page, and downloaded. Nothing that others wrote runs in our pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.documents.bounded import Unreadable
from reviewhub.documents.keeping import drawing_of
from reviewhub.documents.kinds import Kind
from reviewhub.reviews.hidden import as_seen_by
from reviewhub.web.answers import viewer, wants_fragment
from reviewhub.web.documents import Document, document_or_404
from reviewhub.web.presenters.documents import View, refusal_of, view_of
from reviewhub.web.presenters.evidence import Marks, Quote, quotes_of

PAGE = "documents/document.html"
SANDBOX = "default-src 'none'; sandbox"


@login_required
@require_safe
def document(request: HttpRequest, task_id: UUID, address: str) -> HttpResponse:
    try:
        shown = document_or_404(task_id, address, viewer(request))
        view = view_of(shown, _quotes(shown, viewer(request)))
    except Unreadable as unreadable:
        view = View("", "", "", "", "", refusal=refusal_of(unreadable.why))
    fragment = wants_fragment(request)
    template = f"{PAGE}#document" if fragment else PAGE
    return render(request, template, {"view": view, "task_id": task_id, "fragment": fragment})


@login_required
@require_safe
def page(request: HttpRequest, task_id: UUID, address: str, number: int) -> HttpResponse:
    """One page of a PDF or a picture, drawn here."""
    found = _found(task_id, address, request)
    if found.kind not in (Kind.PDF, Kind.IMAGE):
        raise Http404("It has no pages.")
    try:
        found.check()
        drawn = drawing_of(found.kind.value, found.data, number)
    except Unreadable as unreadable:
        raise Http404(unreadable.why) from unreadable
    return _safe(request, drawn, "image/webp", f'"{found.address}-{number}"', "inline")


@login_required
@require_safe
def file(request: HttpRequest, task_id: UUID, address: str) -> HttpResponse:
    """The file as it came, to be kept and never to be opened in the page."""
    found = _found(task_id, address, request)
    said = content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
    return _safe(request, found.data, "application/octet-stream", f'"{found.address}"', said)


def _found(task_id: UUID, address: str, request: HttpRequest) -> Document:
    try:
        return document_or_404(task_id, address, viewer(request))
    except Unreadable as unreadable:
        raise Http404(unreadable.why) from unreadable


def _safe(request: HttpRequest, data: bytes, media_type: str, etag: str, disposition: str) -> HttpResponse:
    """Kept by the browser alone, which asks each time whether it may still be seen."""
    known = request.headers.get("If-None-Match") == etag
    answer = HttpResponseNotModified() if known else HttpResponse(data, content_type=media_type)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["Content-Disposition"] = disposition
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = SANDBOX
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _quotes(shown: Document, person: Person) -> list[Quote]:
    task = as_seen_by(shown.task, person)
    said = api.recommendations().get(pk=task.recommendation_id) if task.recommendation_id else None
    return Marks(quotes_of(task.fields, said)).in_document(shown.address)

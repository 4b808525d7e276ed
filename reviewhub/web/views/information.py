"""The requester's page: a question about their request, answered without an account. A GET never changes anything."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from orchestration import ports
from reviewhub.accounts.zones import zone_of
from reviewhub.reviews.exceptions import InformationClosed, InvalidRequest
from reviewhub.reviews.links import information_id
from reviewhub.reviews.looks import STEP as SECOND_LOOK
from reviewhub.reviews.models import InformationRequest
from reviewhub.reviews.services import answer_information
from reviewhub.web.answers import headers
from reviewhub.web.sent import files_of

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@require_http_methods(["GET", "HEAD", "POST"])
def information(request: HttpRequest, token: str) -> HttpResponse:
    request_id = information_id(token)
    asked = (
        InformationRequest.objects.select_related("task", "by").filter(pk=request_id).first() if request_id else None
    )
    if asked is None:
        raise Http404("There is no such question.")
    if request.method != "POST":
        return _page(request, asked)
    try:
        answer_information(request_id=asked.pk, text=request.POST.get("text", ""), files=files_of(request))
    except InvalidRequest as error:
        return _page(request, asked, 422, fault=str(error), typed=request.POST.get("text", ""))
    except InformationClosed:
        return _page(request, InformationRequest.objects.select_related("task", "by").get(pk=asked.pk), 409)
    return headers(redirect("web:question", token), PRIVATE)


def _page(request: HttpRequest, asked: InformationRequest, status: int = 200, **more: str) -> HttpResponse:
    context = {"asked": asked, "state": _state(asked), "again": asked.task.key == SECOND_LOOK, **more}
    with timezone.override(zone_of(asked.to)):  # as in the mail that led here
        return headers(render(request, "desk/information.html", context, status=status), PRIVATE)


def _state(asked: InformationRequest) -> str:
    if asked.answered_at is not None:
        return "answered"
    if not asked.task.is_waiting:
        return "over"
    if asked.revoked_at is not None:
        return "revoked"
    return "open" if asked.is_open(ports.clock().system_now()) else "expired"

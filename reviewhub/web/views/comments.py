"""Comments on a task."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from reviewhub.accounts.permissions import require
from reviewhub.reviews.exceptions import InvalidComment
from reviewhub.reviews.selectors import mentionable
from reviewhub.reviews.services import comment_on_task
from reviewhub.web.answers import by_method, view_name, viewer, wants_fragment, whole
from reviewhub.web.presenters.task_pages import page_of_task
from reviewhub.web.sent import files_of
from reviewhub.web.views.tasks import detail_or_404, task_or_404

PAST = "desk/history.html"


def _add(request: HttpRequest, task_id: UUID) -> HttpResponse:
    text, fault = request.POST.get("text", ""), ""
    try:
        comment_on_task(task_id=task_id, actor=viewer(request), text=text, files=files_of(request))
    except InvalidComment as error:
        fault = str(error)
    if not fault and not wants_fragment(request):
        return redirect(f"{reverse('web:task', args=[task_id])}?view={view_name(request)}#history-title")
    page = page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request))
    page = replace(page, comment_fault=fault, typed_comment=text if fault else "")
    status = 422 if fault else 200
    if wants_fragment(request):
        return render(request, PAST, {"page": page, "list": {"view": view_name(request)}}, status=status)
    return whole(request, page, view_name(request), status)


@login_required
@require_GET
def people(request: HttpRequest, task_id: UUID) -> JsonResponse:
    """Whom a comment may name."""
    person = viewer(request)
    task = task_or_404(request, task_id)
    require(person, "task.comment", task)
    found = [{"name": each.username, "says": each.display_name} for each in mentionable(task, person)]
    return JsonResponse({"people": found}, headers={"Cache-Control": "private, max-age=60"})


comments = by_method(post=_add)

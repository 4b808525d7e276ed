"""The task's own page."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from reviewhub.reviews.exceptions import TaskNotFound
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import TaskDetail, read_task, task_detail
from reviewhub.reviews.services import claim_next_task
from reviewhub.web.answers import fragment, view_name, viewer, wants_fragment, whole
from reviewhub.web.presenters.task_pages import TaskPage, page_of_task


@login_required
@require_GET
def task(request: HttpRequest, task_id: UUID) -> HttpResponse:
    page = page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request))
    return answer(request, page)


@login_required
@require_POST
def next_task(request: HttpRequest) -> HttpResponse:
    """Start reviewing: the most urgent task that nobody has becomes the viewer's."""
    claimed = claim_next_task(actor=viewer(request))
    if claimed is None:
        return redirect("web:queue", view="mine")
    return redirect(f"{reverse('web:task', args=[claimed.pk])}?view=mine")


def detail_or_404(request: HttpRequest, task_id: UUID) -> TaskDetail:
    try:
        return task_detail(task_id, viewer(request))
    except TaskNotFound as error:
        raise Http404(str(error)) from error


def task_or_404(request: HttpRequest, task_id: UUID) -> ReviewTask:
    try:
        return read_task(task_id, viewer(request))
    except TaskNotFound as error:
        raise Http404(str(error)) from error


def answer(request: HttpRequest, page: TaskPage | None, status: int = 200) -> HttpResponse:
    name = view_name(request)
    if wants_fragment(request):
        return fragment(request, "task", page, name, status)
    return whole(request, page, name, status)

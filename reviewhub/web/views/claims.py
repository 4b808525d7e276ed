"""A claim on a task: a lease, made and given back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from reviewhub.numbers import number_in
from reviewhub.reviews.exceptions import TaskMoved
from reviewhub.reviews.services import claim_task, release_task
from reviewhub.web.answers import by_method, view_name, viewer, wants_fragment
from reviewhub.web.presenters.task_pages import page_of_task
from reviewhub.web.refusals import refused, status_of
from reviewhub.web.views.tasks import answer, detail_or_404


def _make(request: HttpRequest, task_id: UUID) -> HttpResponse:
    try:
        claim_task(task_id=task_id, actor=viewer(request))
    except TaskMoved as error:
        return _moved(request, task_id, error)
    return _shown(request, task_id)


def _end(request: HttpRequest, task_id: UUID) -> HttpResponse:
    try:
        release_task(
            task_id=task_id, actor=viewer(request), expected_version=number_in(request.POST.get("version", ""))
        )
    except TaskMoved as error:
        return _moved(request, task_id, error)
    return _shown(request, task_id)


def _shown(request: HttpRequest, task_id: UUID) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(f"{reverse('web:task', args=[task_id])}?view={view_name(request)}")
    return answer(request, page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request)))


def _moved(request: HttpRequest, task_id: UUID, error: TaskMoved) -> HttpResponse:
    page = page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request))
    return answer(request, refused(page, error), status_of(error))


claim = by_method(post=_make, delete=_end)

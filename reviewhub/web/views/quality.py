"""How alike people decide: for those who lead a queue, and for everybody about themselves."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.selectors.quality import own_quality, quality_of, queues_read
from reviewhub.reviews.services import mark_known_answer, unmark_known_answer
from reviewhub.web.answers import by_method, viewer
from reviewhub.web.presenters.quality import own_shown, quality_shown
from reviewhub.web.views.tasks import task_or_404


@login_required
@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    person = viewer(request)
    queues = [quality_shown(quality_of(queue)) for queue in queues_read(person)]
    context = {"current": "quality", "own": own_shown(own_quality(person)), "queues": queues}
    return render(request, "desk/quality.html", context)


def _mark(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_or_404(request, task_id)
    try:
        mark_known_answer(task_id=task.pk, actor=viewer(request), outcome=request.POST.get("outcome", ""))
    except InvalidRequest as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    return redirect("web:task", task_id)


def _unmark(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_or_404(request, task_id)
    unmark_known_answer(task_id=task.pk, actor=viewer(request))
    return redirect("web:task", task_id)


known_answer = by_method(post=_mark, delete=_unmark)

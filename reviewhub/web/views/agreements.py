"""Why somebody agrees with the AI, in one tap beside the undo."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render

from reviewhub.reviews.exceptions import InvalidDecision
from reviewhub.reviews.services import say_why_agreed
from reviewhub.web.answers import by_method, viewer, wants_fragment
from reviewhub.web.views.tasks import task_or_404


def _say(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_or_404(request, task_id)
    try:
        say_why_agreed(task_id=task.pk, actor=viewer(request), because=request.POST.get("because", ""))
    except InvalidDecision as error:
        return HttpResponseBadRequest(str(error))
    return render(request, "desk/thanks.html") if wants_fragment(request) else redirect("web:home")


agreement = by_method(post=_say)

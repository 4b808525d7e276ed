"""Decided cases that are like a task: asked for after the task's page has come."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reviewhub.reviews.selectors import precedents_of
from reviewhub.web.answers import viewer
from reviewhub.web.presenters.precedents import shown_precedents
from reviewhub.web.views.tasks import task_or_404


@login_required
@require_GET
def precedents(request: HttpRequest, task_id: UUID) -> HttpResponse:
    found = precedents_of(task_or_404(request, task_id), viewer(request))
    return render(request, "desk/precedents.html", {"precedents": shown_precedents(found)})

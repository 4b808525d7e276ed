"""What the viewer asked for, and others have to decide: how it stands, and a reminder to whoever has it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from reviewhub.accounts.permissions import PermissionDenied
from reviewhub.reviews.exceptions import ReviewError
from reviewhub.reviews.selectors.asked_for import asked_for_by
from reviewhub.reviews.services import nudge_assignee
from reviewhub.web.answers import by_method, viewer

SHOWN = 100


def _list(request: HttpRequest) -> HttpResponse:
    """The title, since when and until when, and nothing of the case."""
    found = asked_for_by(viewer(request)).only("title", "workflow_title", "created_at", "due_at", "status")[:SHOWN]
    return render(request, "desk/asked_for.html", {"tasks": found, "current": "notices"})


def _nudge(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = get_object_or_404(asked_for_by(viewer(request)), pk=task_id)
    try:
        nudge_assignee(task_id=task.pk, actor=viewer(request))
    except (ReviewError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Whoever has “%(title)s” is reminded.") % {"title": task.title})
    return redirect("web:asked-for")


asked_for = by_method(get=_list)
reminder = by_method(post=_nudge)

"""What has changed in a case: that somebody has seen it, all of it on a page, a document beside its last version."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.reviews.differences import Change
from reviewhub.reviews.exceptions import TaskNotFound
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.selectors import changes_from, tasks_before
from reviewhub.reviews.selectors.changes import documents_answered
from reviewhub.reviews.services import mark_seen, put_changes_away
from reviewhub.web.answers import by_method, view_name, viewer, wants_fragment
from reviewhub.web.presenters.changes import changes_shown
from reviewhub.web.presenters.versions import versions_of
from reviewhub.web.views.tasks import task_or_404

EVERYTHING = 1_000


def _see(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """The page's own word, or a press of the button that puts away what is new."""
    put_away = bool(request.POST.get("away"))
    keep = put_changes_away if put_away else mark_seen
    try:
        keep(task_id=task_id, actor=viewer(request), mark=request.POST.get("mark", ""))
    except TaskNotFound as error:
        raise Http404(str(error)) from error
    if not wants_fragment(request):
        return redirect(f"{reverse('web:task', args=[task_id])}?view={view_name(request)}")
    if not put_away:
        return HttpResponse(status=204)  # a body that nobody reads keeps the connection waiting
    shown = {"page": {"id": task_id, "mark": "", "seen_all": True, "changes": None}, "put_away": True}
    return render(request, "desk/changes.html", shown)


@login_required
@require_GET
def changes(request: HttpRequest, task_id: UUID, earlier_id: UUID) -> HttpResponse:
    """All differences between two tasks of one case."""
    task = task_or_404(request, task_id)
    found = changes_from(_earlier(task, earlier_id), task, viewer(request))
    shown = {"task": task, "changes": changes_shown(found, task, most=EVERYTHING)}
    return render(request, "desk/all_changes.html", shown)


def _earlier(task: ReviewTask, earlier_id: UUID) -> ReviewTask:
    earlier: ReviewTask | None = tasks_before(task).filter(pk=earlier_id).first()
    if earlier is None:
        raise Http404("That is no earlier task of this case.")
    return earlier


@login_required
@require_GET
def document(request: HttpRequest, task_id: UUID, earlier_id: UUID, digest: str) -> HttpResponse:
    """A document beside the one whose place it has taken, and what its words say otherwise."""
    task = task_or_404(request, task_id)
    earlier = task if earlier_id == task.pk else _earlier(task, earlier_id)
    if earlier != task:
        task_or_404(request, earlier.pk)
    for change in _documents(task, earlier, viewer(request)):
        if change.kind == "document" and change.was and change.now and change.now[api.DOCUMENT_DIGEST] == digest:
            shown = {"task": task, "versions": versions_of(change, task, earlier)}
            return render(request, "documents/versions.html", shown)
    raise Http404("No document of this case has taken another's place under that name.")


def _documents(task: ReviewTask, earlier: ReviewTask, person: Person) -> tuple[Change, ...]:
    sent = documents_answered(task)
    return sent if earlier == task else changes_from(earlier, task, person).found


seen = by_method(post=_see)

"""Several tasks decided in one act: looked through first, then decided each for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from reviewhub.reviews.exceptions import InvalidRequest, TaskMoved
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.selectors import reason_groups
from reviewhub.reviews.services import decide_together, take_back_decision
from reviewhub.reviews.services.one_by_one import HeldBack
from reviewhub.reviews.services.together import MOST, sorted_out
from reviewhub.web.answers import by_method, desk_context, headers, viewer, wants_fragment
from reviewhub.web.presenters.outcomes import outcome_buttons
from reviewhub.web.presenters.rows import facts_of
from reviewhub.web.queue_views import DEFAULT, QUEUE_VIEWS

PAGE = "desk/together.html"


def _look(request: HttpRequest, view: str) -> HttpResponse:
    return _undone(request, view) if "late" in request.GET else _looked(request, view, request.GET)


def _looked(request: HttpRequest, view: str, data: QueryDict, fault: str = "") -> HttpResponse:
    """What would be decided, what is held back, and the ways to decide."""
    versions = picked(data.getlist("task"))
    visible = ReviewTask.objects.visible_to(viewer(request)).select_related("queue").in_bulk(list(versions)[:MOST])
    found = sorted_out(visible[task_id] for task_id in versions if task_id in visible)
    context = {
        "tasks": [(task, versions[task.pk], facts_of(task)) for task in found.tasks],
        "held_back": found.held_back,
        "outcomes": outcome_buttons(found.tasks[0]) if found.tasks else (),
        "reasons": reason_groups(found.tasks[0].workflow if found.tasks else ""),
        "fault": fault,
    }
    return _page(request, view, context, 422 if fault else 200)


def _decide(request: HttpRequest, view: str) -> HttpResponse:
    try:
        decided, held_back = decide_together(
            versions=picked(request.POST.getlist("task")),
            actor=viewer(request),
            outcome=request.POST.get("outcome", ""),
            reasons=[code for code in (request.POST.get("reason", ""),) if code],
            note=request.POST.get("note", ""),
        )
    except InvalidRequest as error:
        return _looked(request, view, request.POST, str(error))
    return _said(request, view, decided, held_back)


def _said(request: HttpRequest, view: str, decided: list[Decision], held_back: list[HeldBack]) -> HttpResponse:
    context = {"decided": decided, "held_back": held_back, "done": True}
    return _page(request, view, context, 200)


def _undo(request: HttpRequest, view: str) -> HttpResponse:
    """Takes back what can still be taken back. For the rest it is too late, and which they are is said."""
    asked, late = picked(f"{text}:0" for text in request.POST.getlist("task")), []
    for task_id in asked:
        try:
            take_back_decision(task_id=task_id, actor=viewer(request))
        except TaskMoved:
            late.append(str(task_id))
    href = reverse("web:queue", args=[view])
    if late:
        said = urlencode({"back": len(asked) - len(late), "late": late}, doseq=True)
        href = f"{reverse('web:together', args=[view])}?{said}"
    if wants_fragment(request):
        return headers(HttpResponse(status=204), {"HX-Redirect": href})
    return redirect(href)


def _undone(request: HttpRequest, view: str) -> HttpResponse:
    """What was taken back together, and what counts already."""
    ids = list(picked(f"{text}:0" for text in request.GET.getlist("late")))[:MOST]
    known = ReviewTask.objects.visible_to(viewer(request)).in_bulk(ids)
    back = request.GET.get("back", "")
    context = {
        "too_late": [known[task_id] for task_id in ids if task_id in known],
        "back": int(back) if back.isascii() and back.isdigit() and len(back) < 4 else 0,
        "done": True,
    }
    return _page(request, view, context, 200)


def _page(request: HttpRequest, view: str, context: Mapping[str, object], status: int) -> HttpResponse:
    name = view if view in QUEUE_VIEWS else DEFAULT
    shown = {**desk_context(request, None, name), **context}
    if not wants_fragment(request):
        shown["list"] = shown["list"]()
        return render(request, PAGE, shown, status=status)
    return render(request, f"{PAGE}#together", shown | {"list": {"view": name}}, status=status)


def picked(texts: Iterable[str]) -> dict[UUID, int]:
    """`id:version` each, as the rows have it; what is mangled is left out."""
    versions = {}
    for text in texts:
        task_id, _, version = text.partition(":")
        try:
            versions[UUID(task_id)] = int(version)
        except ValueError:
            continue
    return versions


together = by_method(get=_look, post=_decide, delete=_undo)

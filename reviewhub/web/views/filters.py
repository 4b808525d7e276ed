"""Filters of the queue: chosen in the pane beside the list, and kept under a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from orchestration import api
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.looks import WORKFLOW as SECOND_LOOK
from reviewhub.reviews.models import ReviewTask, SavedFilter
from reviewhub.reviews.selectors import COUNTED_UP_TO, Criteria, count_in, queues_of, saved_filters
from reviewhub.reviews.services import remove_filter, save_filter
from reviewhub.web.answers import by_method, desk_context, viewer, wants_fragment
from reviewhub.web.lists import ORDER_LABELS
from reviewhub.web.queue_views import DEFAULT, QUEUE_VIEWS

PAGE = "desk/filter.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A saved filter in the sidebar."""

    id: int
    name: str
    href: str
    count: str
    of: str  # whose it is, where it is somebody else's
    is_mine: bool


def shown_of(saved: SavedFilter, request: HttpRequest) -> Shown:
    person = viewer(request)
    count = count_in(saved, person)
    is_mine = saved.owner_id == person.pk
    return Shown(
        saved.pk,
        saved.name,
        f"{reverse('web:queue', args=[saved.view])}?{urlencode(saved.criteria)}",
        str(count) if count < COUNTED_UP_TO else f"{COUNTED_UP_TO - 1}+",
        "" if is_mine else saved.owner.display_name,
        is_mine,
    )


def _list(request: HttpRequest) -> HttpResponse:
    """With counts: asked for after the queue's page has come, so that the page does not wait for them."""
    saved = [shown_of(each, request) for each in saved_filters(viewer(request)) if each.view in QUEUE_VIEWS]
    part = "#list" if wants_fragment(request) else ""
    return render(request, f"desk/filters.html{part}", {"saved": saved, "current": "filters"})


def _address(view: str, criteria: Criteria) -> str:
    href = reverse("web:queue", args=[view])
    return f"{href}?{criteria.query}" if criteria.given else href


def _save(request: HttpRequest) -> HttpResponse:
    sent = request.POST
    name, criteria = sent.get("view", ""), Criteria.parse(sent.dict())
    if sent.get("act") == "show":
        return redirect(_address(name if name in QUEUE_VIEWS else DEFAULT, criteria))
    try:
        saved = save_filter(
            actor=viewer(request),
            name=sent.get("name", ""),
            view=name,
            criteria=criteria,
            team=sent.get("team", ""),
        )
    except InvalidRequest as error:
        fault = " ".join(str(each["message"]) for each in error.faults)
        return _chosen(request, name, criteria, fault=fault, typed=sent.dict(), status=422)
    href = _address(saved.view, criteria)
    if wants_fragment(request):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = href
        return answer
    return redirect(href)


@login_required
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    return _chosen(request, request.GET.get("view", DEFAULT), Criteria.parse(request.GET.dict()))


def _chosen(
    request: HttpRequest,
    view: str,
    criteria: Criteria,
    *,
    fault: str = "",
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    name = view if view in QUEUE_VIEWS else DEFAULT
    own = {
        "criteria": criteria,
        "workflows": [(each.name, each.title) for each in api.workflows() if each.name != SECOND_LOOK],
        "priorities": ReviewTask.Priority.choices,
        "orders": ORDER_LABELS.items(),
        "teams": queues_of(viewer(request)),
        "fault": fault,
        "typed": typed or {},
    }
    context = {**desk_context(request, None, name), **own}
    if wants_fragment(request):
        return render(request, f"{PAGE}#filter", context | {"list": {"view": name}}, status=status)
    context["list"] = context["list"]()
    return render(request, PAGE, context, status=status)


@login_required
@require_POST
def saved(request: HttpRequest, filter_id: int) -> HttpResponse:
    """DELETE, as a form says it."""
    remove_filter(actor=viewer(request), saved=filter_id)
    return redirect("web:filters")


filters = by_method(get=_list, post=_save)

"""Answering with a page, or with the fragment of it that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render

from reviewhub.accounts.models import Person
from reviewhub.reviews.selectors import Criteria, held_queues_of
from reviewhub.web.lists import TaskList, list_of
from reviewhub.web.presenters.task_pages import TaskPage
from reviewhub.web.presenters.undo import undos_of
from reviewhub.web.queue_views import DEFAULT, QUEUE_VIEWS

PAGE = "desk/desk.html"
View = Callable[..., HttpResponse]


def viewer(request: HttpRequest) -> Person:
    """Every view of the desk asks for a sign-in first, so this is a person."""
    return cast("Person", request.user)


def wants_fragment(request: HttpRequest) -> bool:
    details = request.htmx  # type: ignore[attr-defined]
    return bool(details) and not details.history_restore_request


def method_of(request: HttpRequest) -> str:
    """The method that was meant: a form says `_method=delete`."""
    meant = request.POST.get("_method", "") if request.method == "POST" else ""
    return "DELETE" if meant == "delete" else str(request.method)


def by_method(**handlers: View) -> View:
    """A view of one resource, with a handler a method: `by_method(post=…, delete=…)`."""

    @login_required
    def dispatch(request: HttpRequest, **values: Any) -> HttpResponse:
        handler = handlers.get(method_of(request).lower())
        if handler is None:
            return HttpResponseNotAllowed([method.upper() for method in handlers])
        return handler(request, **values)

    return dispatch


def view_name(request: HttpRequest) -> str:
    named = request.GET.get("view", "")
    return named if named in QUEUE_VIEWS else DEFAULT


def criteria_of(request: HttpRequest) -> Criteria:
    """By what the viewer's list is narrowed: the page's own address says it, where a fragment is asked for too."""
    if wants_fragment(request) and not request.path.startswith("/queue/"):
        address = urlsplit(request.htmx.current_url or "")  # type: ignore[attr-defined]
        return Criteria.parse(QueryDict(address.query).dict())
    return Criteria.parse(request.GET.dict())


def desk_context(request: HttpRequest, page: TaskPage | None, name: str) -> dict[str, Any]:
    """The list and the undo toasts are read only if the template shows them."""
    person = viewer(request)

    def listed() -> TaskList:
        return list_of(person, name, criteria=criteria_of(request), after=request.GET.get("after", ""))

    shown = {"page": page, "list": listed, "view": name, "current": name}
    return {**shown, "undos": lambda: undos_of(person), "held": lambda: held_queues_of(person)}


def whole(request: HttpRequest, page: TaskPage | None, name: str, status: int = 200) -> HttpResponse:
    context = desk_context(request, page, name)
    context["list"] = context["list"]()
    return render(request, PAGE, context, status=status)


def fragment(
    request: HttpRequest, part: str, page: TaskPage | None, name: str, status: int = 200, **more: Any
) -> HttpResponse:
    context = desk_context(request, page, name) | {"list": {"view": name}} | more
    return render(request, f"{PAGE}#{part}", context, status=status)


def headers(answer: HttpResponse, values: Mapping[str, str]) -> HttpResponse:
    for name, value in values.items():
        answer[name] = value
    return answer

"""The lead's pages: a team's load and pace, what will be late next, who is away, and what a lead does about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, NoReturn

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reviewhub.accounts.models import Absence, Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import Queue
from reviewhub.reviews.selectors.leading import led_queues
from reviewhub.reviews.services import (
    enter_absence,
    hold_queue,
    let_queue_go_on,
    remove_absence,
    set_pull_only,
    start_clocks,
    stop_clocks,
)
from reviewhub.web.answers import by_method, viewer
from reviewhub.web.presenters.leading import absence_span, team_page

PAGE = "lead/team.html"


@login_required
@require_GET
def teams(request: HttpRequest) -> HttpResponse:
    """All queues that the viewer leads, together; the one, where there is only one."""
    queues = list(led_queues(viewer(request)))
    if len(queues) == 1:
        return redirect("web:team", queues[0].slug)
    return _page(request, queues, None)


@login_required
@require_GET
def team(request: HttpRequest, slug: str) -> HttpResponse:
    queues = list(led_queues(viewer(request)))
    return _page(request, queues, next((each for each in queues if each.slug == slug), None) or _missing())


def led_or_404(request: HttpRequest, slug: str, verb: str = "queue.lead") -> Queue:
    """What one may not know of is not there."""
    queue = led_queues(viewer(request)).filter(slug=slug).first()
    if queue is None:
        raise Http404
    require(viewer(request), verb, queue)
    return queue


def _page(request: HttpRequest, queues: list[Queue], queue: Queue | None) -> HttpResponse:
    context = {"team": team_page(queues, queue, viewer(request)), "current": "lead"}
    return render(request, PAGE, context)


def _missing() -> NoReturn:
    raise Http404


def _acted(request: HttpRequest, slug: str, act: Callable[[], object], said: str) -> HttpResponse:
    """Back to the team's page, with what was done or why it was not."""
    try:
        act()
    except InvalidRequest as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("web:team", slug)


def _hold(request: HttpRequest, slug: str) -> HttpResponse:
    act = partial(hold_queue, **_of_queue(request, slug), reason=request.POST.get("reason", ""))
    return _acted(request, slug, act, _("It is held: nothing is given, and nobody takes anything."))


def _go_on(request: HttpRequest, slug: str) -> HttpResponse:
    return _acted(request, slug, partial(let_queue_go_on, **_of_queue(request, slug)), _("It goes on."))


def _stop_clocks(request: HttpRequest, slug: str) -> HttpResponse:
    act = partial(stop_clocks, **_of_queue(request, slug), reason=request.POST.get("reason", ""))
    return _acted(request, slug, act, _("The clocks of its tasks are being stopped."))


def _start_clocks(request: HttpRequest, slug: str) -> HttpResponse:
    act = partial(start_clocks, **_of_queue(request, slug))
    return _acted(request, slug, act, _("The clocks of its tasks go on, with what was left."))


def _pick_nothing(request: HttpRequest, slug: str) -> HttpResponse:
    act = partial(set_pull_only, **_of_queue(request, slug), pull_only=True)
    return _acted(request, slug, act, _("Nobody picks any more: “Start reviewing” gives the most urgent."))


def _pick(request: HttpRequest, slug: str) -> HttpResponse:
    act = partial(set_pull_only, **_of_queue(request, slug), pull_only=False)
    return _acted(request, slug, act, _("Everybody of the queue picks what they like."))


def _of_queue(request: HttpRequest, slug: str) -> dict[str, Any]:
    return {"queue": led_or_404(request, slug), "actor": viewer(request)}


def _enter_absence(request: HttpRequest, slug: str) -> HttpResponse:
    queue = led_or_404(request, slug, "absence.enter")
    try:
        person = _member(queue, request.POST.get("person", "")) or _refuse(_("Say who is away."))
        delegate = _member(queue, request.POST.get("delegate", ""))
        first, last = _day(request, "first"), _day(request, "last")
        enter_absence(
            queue=queue, actor=viewer(request), person=person, delegate=delegate, **absence_span(first, last, person)
        )
    except InvalidRequest as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s is away then.") % {"name": person.display_name})
    return redirect("web:team", slug)


def _remove_absence(request: HttpRequest, slug: str, absence_id: int) -> HttpResponse:
    queue = led_or_404(request, slug, "absence.enter")
    absence = Absence.objects.filter(pk=absence_id).select_related("person", "delegate").first()
    if absence is not None:
        try:
            remove_absence(queue=queue, actor=viewer(request), absence=absence)
        except InvalidRequest as refused:
            messages.error(request, str(refused))
    return redirect("web:team", slug)


def _member(queue: Queue, username: str) -> Person | None:
    return queue.members.filter(username=username).first()


def _day(request: HttpRequest, name: str) -> date:
    try:
        day = parse_date(request.POST.get(name, ""))
    except ValueError:
        day = None
    return day or _refuse(_("Say from which day, and which is the last."))


def _refuse(message: str) -> NoReturn:
    raise InvalidRequest([{"path": "", "code": "refused", "message": message}])


hold = by_method(post=_hold, delete=_go_on)
clocks = by_method(post=_stop_clocks, delete=_start_clocks)
pull_only = by_method(post=_pick_nothing, delete=_pick)
absences = by_method(post=_enter_absence)
absence = by_method(delete=_remove_absence)

"""Many tasks handed over in one act: looked through first, then each for itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidRequest
from reviewhub.reviews.models import Queue
from reviewhub.reviews.selectors.leading import people_to_give, tasks_to_hand_over
from reviewhub.reviews.services import hand_over_tasks, nudge_together
from reviewhub.reviews.services.one_by_one import MOST, Done
from reviewhub.web.answers import by_method, viewer
from reviewhub.web.views.leading import led_or_404
from reviewhub.web.views.together import picked

NOBODY = "-"  # in the place of a user name: what nobody has


def _look(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, led_or_404(request, slug), request.GET.get("person", ""))


def _hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    queue, chosen = led_or_404(request, slug), request.POST.get("to", "")
    to = Person.objects.filter(username=chosen).first() if chosen else None
    versions = picked(request.POST.getlist("task"))
    fault = ""
    if chosen and to is None:
        fault = _("There is nobody of this name.")
    elif not versions:
        fault = _("Select the tasks that go.")
    if not fault:
        try:
            handed = hand_over_tasks(queue=queue, versions=versions, to=to, actor=viewer(request))
        except InvalidRequest as refused:
            fault = str(refused)
    if fault:
        messages.error(request, fault)
        return _page(request, queue, request.POST.get("person", ""), status=422)
    if not handed.held_back:
        messages.success(request, _said(handed, to, queue))
        return redirect("web:team", slug)
    return _page(request, queue, request.POST.get("person", ""), handed=handed, said=_said(handed, to, queue))


def _nudge(request: HttpRequest, slug: str) -> HttpResponse:
    queue, chosen = led_or_404(request, slug), picked(request.POST.getlist("task"))
    try:
        nudged = nudge_together(queue=queue, task_ids=chosen, actor=viewer(request))
    except InvalidRequest as refused:
        messages.error(request, str(refused))
        return _page(request, queue, request.POST.get("person", ""), status=422)
    if not chosen:
        messages.error(request, _("Select the tasks that are reminded of."))
        return _page(request, queue, request.POST.get("person", ""), status=422)
    said = ngettext("Reminded of %(n)d task.", "Reminded of %(n)d tasks.", len(nudged.tasks)) % {"n": len(nudged.tasks)}
    if not nudged.held_back:
        messages.success(request, said)
        return redirect("web:team", slug)
    return _page(request, queue, request.POST.get("person", ""), handed=nudged, said=said)


def _said(handed: Done, to: Person | None, queue: Queue) -> str:
    name = to.display_name if to else queue.title
    return _("%(n)d handed over to %(name)s.") % {"n": len(handed.tasks), "name": name}


def _page(
    request: HttpRequest, queue: Queue, username: str, status: int = 200, handed: Done | None = None, said: str = ""
) -> HttpResponse:
    person = queue.members.filter(username=username).first()
    tasks = list(tasks_to_hand_over(queue, person, of_nobody=username == NOBODY)[: MOST + 1])
    system_now = ports.clock().system_now()
    context = {
        "queue": queue,
        "person": person,
        "asked": username,
        "rows": [(task, task.claimed_by if task.holder_id(system_now) else None) for task in tasks[:MOST]],
        "more": len(tasks) > MOST,
        "people": people_to_give(queue),
        "members": queue.members.order_by("display_name"),
        "handed": handed,
        "said": said,
        "current": "lead",
    }
    return render(request, "lead/handover.html", context, status=status)


handover = by_method(get=_look, post=_hand_over)
nudges = by_method(post=_nudge)

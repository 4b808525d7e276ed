"""What is done with a task beside deciding it: a GET asks in place of the decision, a POST does, DELETE takes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.numbers import number_in
from reviewhub.reviews import services
from reviewhub.reviews.exceptions import InvalidRequest, NudgedAlready, TaskMoved
from reviewhub.reviews.questions import asked_of
from reviewhub.reviews.selectors import TaskDetail
from reviewhub.web.answers import View, by_method, fragment, headers, view_name, viewer, wants_fragment, whole
from reviewhub.web.presenters.acts import panel_of
from reviewhub.web.presenters.task_pages import page_of_task
from reviewhub.web.refusals import refused, status_of
from reviewhub.web.views.decisions import go_on
from reviewhub.web.views.tasks import answer, detail_or_404

Do = Callable[[HttpRequest, TaskDetail, dict[str, Any]], str]  # does it, and says what was done
CHOICES = {"delegation": "to", "snooze": "until"}
WORDS = {"information": "text", "delegation": "note", "escalation": "note", "refusal": "reason"}


def _act(name: str, do: Do, then: Callable[[HttpRequest, UUID, str], HttpResponse] | None = None, **more: View) -> View:
    """`then` answers what was done; without it the next task follows."""

    def ask(request: HttpRequest, task_id: UUID) -> HttpResponse:
        return _asked(request, name, detail_or_404(request, task_id))

    def make(request: HttpRequest, task_id: UUID) -> HttpResponse:
        detail = detail_or_404(request, task_id)
        sent = {
            "task_id": task_id,
            "actor": viewer(request),
            "expected_version": number_in(request.POST.get("version", "")),
        }
        try:
            said = do(request, detail, sent)
        except (InvalidRequest, NudgedAlready) as error:
            return _asked(request, name, detail, str(error))
        except TaskMoved as error:
            return _refused(request, task_id, error)
        return then(request, task_id, said) if then else go_on(request, said)

    return by_method(get=ask, post=make, **more)


def _asked(request: HttpRequest, name: str, detail: TaskDetail, fault: str = "") -> HttpResponse:
    """The act's question, with what was typed and chosen before."""
    view, person, now = view_name(request), viewer(request), ports.clock().process_now()
    panel = panel_of(name, detail, person, view, now)
    chosen = request.POST.get(CHOICES.get(name, ""), "")
    choices = tuple(replace(choice, chosen=choice.value == chosen) for choice in panel.choices)
    typed = request.POST.get(WORDS.get(name, ""), "")
    panel = replace(panel, fault=fault, typed=typed, choices=choices)
    page = replace(page_of_task(detail, person, view), panel=panel)
    status = 422 if fault else 200
    if wants_fragment(request):
        return render(request, "desk/decide.html", {"page": page, "list": {"view": view}}, status=status)
    return whole(request, page, view, status)


def _refused(request: HttpRequest, task_id: UUID, error: TaskMoved) -> HttpResponse:
    page = page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request))
    shown = answer(request, refused(page, error), status_of(error))
    return headers(shown, {"HX-Retarget": "#task", "HX-Reswap": "outerHTML"})


def _shown(request: HttpRequest, task_id: UUID) -> HttpResponse:
    page = page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request))
    return answer(request, page) if wants_fragment(request) else redirect(page.href)


def _stay(request: HttpRequest, task_id: UUID, said: str) -> HttpResponse:
    name = view_name(request)
    page = page_of_task(detail_or_404(request, task_id), viewer(request), name)
    if not wants_fragment(request):
        return redirect(page.href)
    shown = fragment(request, "task", page, name, decided=True, said=said)
    return headers(shown, {"HX-Retarget": "#task", "HX-Reswap": "outerHTML"})


# ---- the acts ----------------------------------------------------------------------------------


def _ask(request: HttpRequest, detail: TaskDetail, sent: dict[str, Any]) -> str:
    asked = services.ask_for_information(text=request.POST.get("text", ""), **sent)
    return _("%(to)s was asked") % {"to": asked_of(asked)}


def _delegate(request: HttpRequest, detail: TaskDetail, sent: dict[str, Any]) -> str:
    to = Person.objects.filter(username=request.POST.get("to", ""), is_active=True).first()
    if to is None:
        raise InvalidRequest([{"path": "/to", "code": "missing", "message": _("Choose somebody.")}])
    reached = services.delegate_task(to=to, note=request.POST.get("note", ""), **sent)
    names = {"name": ", ".join(person.display_name for person in reached), "to": to.display_name}
    return (_("Given to %(name)s") if to in reached else _("Given to %(name)s, in the place of %(to)s")) % names


def _escalate(request: HttpRequest, detail: TaskDetail, sent: dict[str, Any]) -> str:
    services.escalate_task(note=request.POST.get("note", ""), **sent)
    return _("Escalated")


def _snooze(request: HttpRequest, detail: TaskDetail, sent: dict[str, Any]) -> str:
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        raise InvalidRequest([{"path": "/until", "code": "missing", "message": _("Choose a time.")}])
    services.snooze_task(until=until, **sent)
    return _("Snoozed")


def _decline(request: HttpRequest, detail: TaskDetail, sent: dict[str, Any]) -> str:
    services.decline_task(reason=request.POST.get("reason", ""), **sent)
    return _("Declined")


def _nudge(request: HttpRequest, detail: TaskDetail, sent: dict[str, Any]) -> str:
    nudge = services.nudge_assignee(task_id=sent["task_id"], actor=sent["actor"])
    return _("Reminded: %(names)s") % {"names": ", ".join(nudge.told) or _("those who are asked")}


def _take_back(request: HttpRequest, task_id: UUID) -> HttpResponse:
    try:
        services.take_back_delegation(task_id=task_id, actor=viewer(request))
    except TaskMoved as error:
        return _refused(request, task_id, error)
    return _shown(request, task_id)


def _wake(request: HttpRequest, task_id: UUID) -> HttpResponse:
    try:
        services.wake_task(task_id=task_id, actor=viewer(request))
    except TaskMoved as error:
        return _refused(request, task_id, error)
    return _shown(request, task_id)


information = _act("information", _ask)
delegation = _act("delegation", _delegate, delete=_take_back)
escalation = _act("escalation", _escalate)
snooze = _act("snooze", _snooze)
refusal = _act("refusal", _decline)
nudge = _act("nudge", _nudge, then=_stay)
pause = by_method(delete=_wake)

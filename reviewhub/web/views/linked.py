"""The page behind a mail's link: its addressee decides without signing in. A GET changes nothing, whoever opens it.

The page says whose the link is, and is shown to a browser that is known to be that person's (see `proving`). One in
which somebody else is signed in is not taken for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.reviews.exceptions import InvalidDecision, ReviewError, SignInNeeded, TaskNotFound
from reviewhub.reviews.links import DecisionLink, decision_link
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.selectors import TaskDetail, task_detail
from reviewhub.reviews.services import take_back_decision
from reviewhub.reviews.services.holding import what_happened
from reviewhub.web.answers import headers, method_of
from reviewhub.web.presenters.standing import Happened
from reviewhub.web.presenters.task_pages import TaskPage, asking, page_of_task
from reviewhub.web.refusals import refused, status_of
from reviewhub.web.sent import Sent, decide_as_sent, sent_of
from reviewhub.web.views.decisions import asks_why_corrected, seconds_since
from reviewhub.web.views.information import PRIVATE
from reviewhub.web.views.proving import no, proof_of, prove

VIEW = "mine"


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, token: str) -> HttpResponse:
    link = decision_link(token)
    person = Person.objects.filter(pk=link.person_id, is_active=True).first() if link else None
    if link is None or person is None:
        return no(request, 404, _("This link does not work"), _("It may have been cut short. Open the task instead."))
    if request.user.is_authenticated and request.user.pk != person.pk:
        whose = _("This link is for %(name)s, and you are signed in as somebody else.") % {"name": person.display_name}
        return no(request, 403, whose, _("Decide in your own name, from your own queue."), link)
    with timezone.override(person.timezone):
        proved_by = proof_of(request, person)
        return prove(request, link, person) if proved_by is None else _for(request, link, person, proved_by)


def _for(request: HttpRequest, link: DecisionLink, person: Person, proved_by: str) -> HttpResponse:
    try:
        detail = task_detail(link.task_id, person)
    except (TaskNotFound, PermissionDenied):
        return _over(request, link, person)
    if link.expires_at <= ports.clock().system_now() and detail.task.is_waiting:
        return no(request, 410, _("This link has expired"), _("Sign in to decide it."), link)
    if request.method != "POST":
        return _shown(request, detail, person, _page(detail, person))
    if method_of(request) == "DELETE":
        return _end(request, detail, person)
    return _make(request, detail, person, proved_by)


def _make(request: HttpRequest, detail: TaskDetail, person: Person, proved_by: str) -> HttpResponse:
    sent = sent_of(request.POST, detail.task)
    if asks_why_corrected(detail.task, sent):
        return _ask(request, detail, person, sent, {})
    seconds = seconds_since(sent.opened)
    try:
        decide_as_sent(sent, detail.task.pk, person, Decision.Channel.MAIL, seconds, proved_by=proved_by)
    except SignInNeeded as error:
        page = replace(_page(detail, person, sent=sent), refusal=Happened(str(error), _("Nothing was decided yet.")))
        return _shown(request, detail, person, page, 403)
    except InvalidDecision as error:
        return _ask(request, detail, person, sent, {fault["path"]: fault["message"] for fault in error.faults})
    except ReviewError as error:
        return _refused(request, detail, person, sent, error)
    return redirect(request.path)


def _end(request: HttpRequest, detail: TaskDetail, person: Person) -> HttpResponse:
    try:
        take_back_decision(task_id=detail.task.pk, actor=person)
    except ReviewError as error:
        return _refused(request, detail, person, Sent(), error)
    return redirect(request.path)


def _refused(request: HttpRequest, detail: TaskDetail, person: Person, sent: Sent, error: ReviewError) -> HttpResponse:
    """With what happened instead: the task is read again."""
    detail = task_detail(detail.task.pk, person)
    return _shown(request, detail, person, refused(_page(detail, person, sent=sent), error), status_of(error))


def _ask(request: HttpRequest, detail: TaskDetail, person: Person, sent: Sent, faults: dict[str, str]) -> HttpResponse:
    """A reason, a confirmation, or a field put right, as at the desk."""
    page = _page(detail, person, sent=sent, faults=faults)
    reasons = "/reasons" in faults or "/note" in faults or sent.asked or not faults
    if reasons or "/confirmed" in faults:
        page = asking(page, detail.task, sent, faults, reasons=reasons)
    else:
        page = replace(page, refusal=Happened(" ".join(faults.values()), _("Nothing was decided yet."), "warning"))
    return _shown(request, detail, person, page, 422)


def _over(request: HttpRequest, link: DecisionLink, person: Person) -> HttpResponse:
    """Somebody who had been asked is told how it ended, and nothing else of it."""
    task = ReviewTask.objects.filter(pk=link.task_id, assignments__person=person).first()
    if task is None or task.is_waiting:
        return no(request, 403, _("This task is not yours any more"), _("It was given to somebody else, or has gone."))
    said = what_happened(task)
    return no(request, 409 if request.method == "POST" else 200, task.title, said[:1].upper() + said[1:])


def _page(detail: TaskDetail, person: Person, **sent: Any) -> TaskPage:
    return page_of_task(detail, person, VIEW, **sent)


def _shown(request: HttpRequest, detail: TaskDetail, person: Person, page: TaskPage, status: int = 200) -> HttpResponse:
    until = detail.decision.undo_until if detail.decision and detail.decision.by_id == person.pk else None
    takes_back = until is not None and until > ports.clock().system_now()
    risky = {each["id"] for each in detail.task.outcomes if each.get("risk") == "high"}
    context = {
        "page": page,
        "task": detail.task,
        "person": person,
        "until": until if takes_back else None,
        "elsewhere": () if request.user.is_authenticated else risky,  # outcomes that are decided by signing in
    }
    return headers(render(request, "desk/linked.html", context, status=status), PRIVATE)

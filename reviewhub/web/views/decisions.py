"""A decision on a task, made and taken back."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.reviews.exceptions import InvalidDecision, KeyReused, TaskMoved
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.selectors import Criteria, TaskDetail, next_to_decide, view
from reviewhub.reviews.services import take_back_decision
from reviewhub.web.answers import by_method, criteria_of, fragment, headers, view_name, viewer, wants_fragment, whole
from reviewhub.web.presenters.standing import Happened
from reviewhub.web.presenters.task_pages import TaskPage, asking, page_of_task
from reviewhub.web.queue_views import DEFAULT, DONE
from reviewhub.web.refusals import refused, status_of
from reviewhub.web.sent import LONGEST_LOOK, Sent, decide_as_sent, sent_of
from reviewhub.web.views.tasks import detail_or_404, task_or_404

ASKED = 422
REASONS = "/reasons"


def _make(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_or_404(request, task_id)
    sent = sent_of(request.POST, task)
    if asks_why_corrected(task, sent):
        return _ask(request, detail_or_404(request, task_id), sent, {})
    try:
        decide_as_sent(sent, task_id, viewer(request), Decision.Channel.WEB, seconds_since(sent.opened))
    except InvalidDecision as error:
        return _ask(request, detail_or_404(request, task_id), sent, error.by_path)
    except (TaskMoved, KeyReused) as error:
        page = page_of_task(detail_or_404(request, task_id), viewer(request), view_name(request), sent=sent)
        return _again(request, refused(page, error), status_of(error))
    return go_on(request)


def asks_why_corrected(task: ReviewTask, sent: Sent) -> bool:
    """A correction opens the reasons once; the answer may be left out."""
    is_review = task.kind == ReviewTask.Kind.REVIEW
    return is_review and bool(sent.corrections) and not sent.asked and task.outcome_named(sent.outcome) is not None


def seconds_since(opened: str) -> float | None:
    try:
        at = parse_datetime(opened)
        spent = (ports.clock().system_now() - at).total_seconds() if at else None
    except (ValueError, TypeError):
        return None
    return spent if spent is not None and 0 <= spent <= LONGEST_LOOK else None


# ---- what is shown then ------------------------------------------------------------------------


def _ask(request: HttpRequest, detail: TaskDetail, sent: Sent, faults: dict[str, str]) -> HttpResponse:
    """The desk wants a reason, a confirmation, or a field put right."""
    page = page_of_task(detail, viewer(request), view_name(request), sent=sent, faults=faults)
    needs_reasons = REASONS in faults or "/note" in faults or sent.asked or not faults
    if needs_reasons or "/confirmed" in faults:
        page = asking(page, detail.task, sent, faults, reasons=needs_reasons)
    elif faults:
        page = replace(page, refusal=Happened(" ".join(faults.values()), _("Nothing was decided yet."), "warning"))
    if detail.task.ai_hidden and wants_fragment(request):  # what the AI says is on the page from now on
        shown = fragment(request, "task", page, view_name(request), ASKED)
        return headers(shown, {"HX-Retarget": "#task", "HX-Reswap": "outerHTML"})
    return _again(request, page, ASKED)


def _again(request: HttpRequest, page: TaskPage, status: int) -> HttpResponse:
    """Only the decision and what is wrong with the fields are shown anew, so that what stands elsewhere on the page
    stays as it was typed."""
    name = view_name(request)
    if not wants_fragment(request):
        return whole(request, page, name, status)
    return render(request, "desk/decide.html", {"page": page, "list": {"view": name}, "marks": True}, status=status)


def go_on(request: HttpRequest, said: str = "") -> HttpResponse:
    """To the next task of the view, with the undo beside it, or with what was done instead of deciding."""
    name = view_name(request)
    criteria = criteria_of(request)
    following = _next_in(request, name, criteria)
    href = _address(following, name, criteria)
    if not wants_fragment(request):
        return redirect(href)
    page = page_of_task(detail_or_404(request, following.pk), viewer(request), name) if following else None
    answer = fragment(request, "task", page, name, decided=True, said=said)
    return headers(answer, {"HX-Retarget": "#task", "HX-Reswap": "outerHTML", "HX-Push-Url": href})


def _address(task: ReviewTask | None, name: str, criteria: Criteria) -> str:
    if task is not None:
        return f"{reverse('web:task', args=[task.pk])}?{urlencode({'view': name, **criteria.given})}"
    href = reverse("web:queue", args=[name])
    return f"{href}?{criteria.query}" if criteria.given else href


def _next_in(request: HttpRequest, name: str, criteria: Criteria) -> ReviewTask | None:
    """The first one of the viewer's list that they may decide and that nobody else has."""
    person, name = viewer(request), DEFAULT if name == DONE else name
    if not criteria.given:
        return next_to_decide(name, person)
    free = Q(status="open") | Q(claimed_by=person) | Q(claim_expires_at__lte=ports.clock().system_now())
    tasks = criteria.narrow(view(name, person)).filter(free)
    return criteria.sort(tasks.not_declined_by(person).not_decided_by(person)).only("id").first()


def _end(request: HttpRequest, task_id: UUID) -> HttpResponse:
    name = view_name(request)
    try:
        take_back_decision(task_id=task_id, actor=viewer(request))
    except TaskMoved as error:
        page = page_of_task(detail_or_404(request, task_id), viewer(request), name)
        return _shown(request, refused(page, error), status_of(error))
    return _shown(request, page_of_task(detail_or_404(request, task_id), viewer(request), name), 200)


def _shown(request: HttpRequest, page: TaskPage, status: int) -> HttpResponse:
    name = view_name(request)
    if wants_fragment(request):
        return headers(fragment(request, "task", page, name, status, decided=True), {"HX-Push-Url": page.href})
    return redirect(page.href) if status == 200 else whole(request, page, name, status)


decision = by_method(post=_make, delete=_end)

"""The demo's one page: buttons that send, the other systems, and the trail of what happened."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import httpx
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from orchestration.ports import clock
from reviewhub.accounts.models import Person
from reviewhub.demo import cases
from reviewhub.demo.documents import with_documents
from reviewhub.demo.middleware import BACKEND
from reviewhub.demo.models import ErpSwitch, Mail, Order, SentEvent
from reviewhub.demo.people import SWITCH
from reviewhub.demo.sending import Sender, as_body
from reviewhub.demo.systems import erp as erp_system
from reviewhub.demo.trail import trail
from reviewhub.reviews.selectors import visible_runs

SHOWN = 8  # orders and mails
AGAIN = "again"


@login_required
@require_GET
def tour(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/tour.html", {"current": "tour", "cases": cases.BUTTONS, **_now(request)})


@login_required
@require_GET
def happened(request: HttpRequest) -> HttpResponse:
    """The live part of the page alone; nothing where nothing has happened since."""
    now = _now(request)
    if request.GET.get("seen") == now["seen"]:
        return HttpResponse(status=204)
    return render(request, "demo/tour.html#now", now)


@login_required
@require_POST
def events(request: HttpRequest) -> HttpResponse:
    """Sends a case, or the very last event once more."""
    wanted = request.POST.get("case", "")
    last = SentEvent.objects.first()
    if wanted == AGAIN and last is not None:
        _send(last.path, last.event_id, last.body, last.title)
        return _shown(request)
    case = next((case for case in cases.BUTTONS if case.name == wanted), None)
    if case is None:
        raise Http404("The demo has no such case.")
    event = with_documents(case.path, case.drawn())
    _send(case.path, str(next(iter(event.values()))), as_body(event), case.title)
    return _shown(request)


@login_required
@require_POST
def erp(request: HttpRequest) -> HttpResponse:
    """Switches the ERP off, or on again."""
    ErpSwitch.objects.update_or_create(pk=1, defaults={"down": request.POST.get("down") == "yes"})
    return _shown(request)


@require_POST
def become(request: HttpRequest, username: str) -> HttpResponse:
    """One click, and somebody else sits at the desk."""
    invented = next((invented for invented in SWITCH if invented.username == username), None)
    if invented is None:
        raise Http404("The demo has nobody of that name.")
    login(request, get_object_or_404(Person, username=username), backend=BACKEND)
    return redirect(invented.home)


def _shown(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return render(request, "demo/tour.html#now", _now(request))
    return redirect("demo:tour")


def _now(request: HttpRequest) -> dict[str, Any]:
    last, moments = SentEvent.objects.first(), trail()
    now = {
        "last": last,
        "erp_down": erp_system.is_down(),
        "orders": list(Order.objects.all()[:SHOWN]),
        "order_count": Order.objects.count(),
        "mails": list(Mail.objects.all()[:SHOWN]),
        "mail_count": Mail.objects.count(),
        "trail": moments,
    }
    ids = {str(moment.run_id) for moment in moments} | {last.run_id if last else ""}
    return {**now, "seen": _digest(now), "opens": _opened_by(request, ids - {""})}


def _opened_by(request: HttpRequest, run_ids: set[str]) -> set[str]:
    """Those of the runs that whoever looks may open."""
    if not isinstance(request.user, Person):
        return set()
    return {str(pk) for pk in visible_runs(request.user).filter(pk__in=run_ids).values_list("pk", flat=True)}


def _digest(now: dict[str, Any]) -> str:
    """The same for as long as the live part would look the same."""
    rows = [now["last"], *now["orders"], *now["mails"]]
    seen = [
        now["erp_down"],
        *((row.pk, getattr(row, "status", "")) for row in rows if row is not None),
        *((moment.run_id, moment.sequence) for moment in now["trail"]),
    ]
    return sha256(repr(seen).encode()).hexdigest()[:16]


def _send(path: str, event_id: str, body: str, title: str) -> None:
    """Over HTTP to our own address, as from anywhere else. What was answered is kept for the page."""
    try:
        answer = Sender(path).send(event_id, body)
        status, run_id = answer.status, answer.run_id
    except httpx.HTTPError:
        status, run_id = 0, ""
    SentEvent.objects.create(
        event_id=event_id,
        path=path,
        title=title,
        body=body,
        status=status,
        run_id=run_id,
        sent_at=clock().process_now(),
    )

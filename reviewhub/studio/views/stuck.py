"""Everything that is stuck and why, and what can be done about messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from orchestration import api
from orchestration.exceptions import NotFound
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.permissions import require
from reviewhub.reviews.models import ReviewTask
from reviewhub.studio.access import may, viewer

SIZE = 50
GLANCE = 5  # of each kind where all are shown
LONGEST = 300  # characters of a reason
KINDS = {
    "incident": ("Failed steps", "A person has to choose how to go on."),
    "message": ("Unsent messages", "Tried again by itself, ever more rarely; send it now, or drop it with a reason."),
    "run": ("Stopped runs", "Nothing will move them on: cancel them, or tell an engineer."),
    "pool": ("Steps that nobody takes", "Start a worker of the queue."),
    "tool": ("Missing tools", "Deploy the version; steps that need it become failed steps until then."),
}


@dataclass(frozen=True, slots=True)
class Row:
    stuck: api.Stuck
    href: str


@dataclass(frozen=True, slots=True)
class Section:
    kind: str
    title: str
    hint: str
    count: int
    rows: list[Row]
    more: str


@login_required
@require_safe
def stuck_list(request: HttpRequest) -> HttpResponse:
    require(viewer(request), "stuck.read")
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    if kind and kind not in KINDS:
        raise Http404
    counts = api.stuck_counts()
    shown = [kind] if kind else [name for name in KINDS if counts[name]]
    context = {
        "current": "stuck",
        "kind": kind,
        "kinds": [(name, title, counts[name]) for name, (title, _) in KINDS.items()],
        "total": sum(counts.values()),
        "sections": [_section(name, counts[name], after, SIZE if kind else GLANCE) for name in shown],
        "may_handle": may(request, "message.handle"),
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "runs/stuck.html#rows" if partial else "runs/stuck.html", context)


def _section(kind: str, count: int, after: str, size: int) -> Section:
    found = api.stuck(kind, after=after, limit=size + 1)
    shown = found[:size]
    following = {"kind": kind, "after": shown[-1].id} if size == SIZE and shown else {"kind": kind}
    more = f"?{urlencode(following)}" if len(found) > size else ""
    title, hint = KINDS[kind]
    return Section(kind, title, hint, count, [Row(row, href) for row, href in _linked(shown)], more)


def _linked(rows: list[api.Stuck]) -> list[tuple[api.Stuck, str]]:
    """An incident leads to its task, everything else of a run to the run."""
    keys = {(row.run_id, row.key) for row in rows if row.key}
    tasks = ReviewTask.objects.filter(run_id__in={run for run, _ in keys}, kind=ReviewTask.Kind.INCIDENT)
    found = {(str(run), key): pk for run, key, pk in tasks.values_list("run_id", "key", "pk")}
    return [(row, _href(row, found.get((str(row.run_id), row.key)))) for row in rows]


def _href(row: api.Stuck, task: Any) -> str:
    if task is not None:
        return reverse("web:task", args=[task])
    return reverse("studio:run", args=[row.run_id]) if row.run_id else ""


@login_required
@require_POST
def sending(request: HttpRequest, message_id: int) -> HttpResponse:
    require(viewer(request), "message.handle")
    try:
        sent = api.send_message_now(message_id=message_id, actor=actor_of(viewer(request)))
    except NotFound as gone:
        messages.error(request, str(gone))
    else:
        said = "The message went." if sent else "It could not be sent this time either: see why below."
        (messages.success if sent else messages.error)(request, said)
    return redirect(f"{reverse('studio:stuck')}?kind=message")


@login_required
@require_POST
def dropping(request: HttpRequest, message_id: int) -> HttpResponse:
    require(viewer(request), "message.handle")
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    if not reason:
        messages.error(request, "Say why the message is dropped: nobody will get it.")
        return redirect(f"{reverse('studio:stuck')}?kind=message")
    try:
        api.drop_message(message_id=message_id, reason=reason, actor=actor_of(viewer(request)))
    except NotFound as gone:
        messages.error(request, str(gone))
    else:
        messages.success(request, "The message is dropped. What it said is in the audit trail.")
    return redirect(f"{reverse('studio:stuck')}?kind=message")

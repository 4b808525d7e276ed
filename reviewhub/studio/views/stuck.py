"""Everything that is stuck and why, and what can be done about messages and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
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
    "incident": (_lazy("Failed steps"), _lazy("A person has to choose how to go on.")),
    "message": (
        _lazy("Unsent messages"),
        _lazy("Tried again by itself, ever more rarely; send it now, or drop it with a reason."),
    ),
    "event": (
        _lazy("Refused events"),
        _lazy("Mend the workflow and try again, or drop it with a reason: it did not start its run."),
    ),
    "run": (_lazy("Stopped runs"), _lazy("Nothing will move them on: cancel them, or tell an engineer.")),
    "pool": (_lazy("Steps that nobody takes"), _lazy("Start a worker of the queue.")),
    "tool": (_lazy("Missing tools"), _lazy("Deploy the version; steps that need it become failed steps until then.")),
}


@dataclass(frozen=True, slots=True)
class Acts:
    """What can be done about a row of this kind: the addresses' names, and what the buttons say."""

    again: str
    drop: str
    label: str | Promise


ACTS: Mapping[str, Acts] = {
    "message": Acts("studio:message-sending", "studio:message-dropping", _lazy("Send now")),
    "event": Acts("studio:event-starting", "studio:event-dropping", _lazy("Try again")),
}


@dataclass(frozen=True, slots=True)
class Row:
    stuck: api.Stuck
    href: str
    again: str  # where the row's acts are posted to; empty where there are none
    drop: str


@dataclass(frozen=True, slots=True)
class Section:
    kind: str
    title: str | Promise
    hint: str | Promise
    label: str | Promise
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
        "kinds": [(name, title, counts[name]) for name, (title, _hint) in KINDS.items()],
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
    label = ACTS[kind].label if kind in ACTS else ""
    return Section(kind, title, hint, label, count, [_row(row, href) for row, href in _linked(shown)], more)


def _row(stuck: api.Stuck, href: str) -> Row:
    acts = ACTS.get(stuck.kind)
    if acts is None:
        return Row(stuck, href, "", "")
    return Row(stuck, href, reverse(acts.again, args=[stuck.id]), reverse(acts.drop, args=[stuck.id]))


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
    def send(actor: api.Actor) -> bool:
        return api.send_message_now(message_id=message_id, actor=actor)

    return _again(
        request, "message", send, _("The message went."), _("It could not be sent this time either: see why below.")
    )


@login_required
@require_POST
def starting(request: HttpRequest, event_id: int) -> HttpResponse:
    def start(actor: api.Actor) -> bool:
        return api.start_refused_again(event_id=event_id, actor=actor)

    return _again(request, "event", start, _("Its run is started."), _("It was refused this time too: see why below."))


@login_required
@require_POST
def dropping(request: HttpRequest, message_id: int) -> HttpResponse:
    def drop(reason: str, actor: api.Actor) -> None:
        api.drop_message(message_id=message_id, reason=reason, actor=actor)

    return _dropped(request, "message", drop, _("The message is dropped. What it said is in the audit trail."))


@login_required
@require_POST
def event_dropping(request: HttpRequest, event_id: int) -> HttpResponse:
    def drop(reason: str, actor: api.Actor) -> None:
        api.drop_refused(event_id=event_id, reason=reason, actor=actor)

    return _dropped(request, "event", drop, _("The event is dropped: it starts nothing any more."))


def _again(request: HttpRequest, kind: str, act: Callable[[api.Actor], bool], went: str, failed: str) -> HttpResponse:
    require(viewer(request), "message.handle")
    try:
        done = act(actor_of(viewer(request)))
    except NotFound as gone:
        messages.error(request, str(gone))
    else:
        (messages.success if done else messages.error)(request, went if done else failed)
    return _back(kind)


def _dropped(request: HttpRequest, kind: str, act: Callable[[str, api.Actor], None], done: str) -> HttpResponse:
    require(viewer(request), "message.handle")
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    if not reason:
        messages.error(request, _("Say why it is dropped: nobody will get it."))
        return _back(kind)
    try:
        act(reason, actor_of(viewer(request)))
    except NotFound as gone:
        messages.error(request, str(gone))
    else:
        messages.success(request, done)
    return _back(kind)


def _back(kind: str) -> HttpResponse:
    return redirect(f"{reverse('studio:stuck')}?kind={kind}")

"""The audit trail: the newest events of all chains, one chain's own, and whether all of them verify."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import require
from reviewhub.reviews.selectors import visible_runs
from reviewhub.studio import trail
from reviewhub.studio.access import viewer
from reviewhub.studio.paging import page

SIZE = 100


@login_required
@require_safe
def newest(request: HttpRequest) -> HttpResponse:
    require(viewer(request), "audit.read")
    asked = {name: request.GET.get(name, "").strip() for name in ("about", "kind", "who")}
    events = trail.found(api.audit_entries(), **asked)
    after = request.GET.get("after", "")
    shown = page(events, moment="recorded_at", after=after, size=SIZE, identity=int)
    narrowed = {name: value for name, value in asked.items() if value}
    context = {
        "current": "audit",
        "rows": trail.told(shown.rows),
        "next": f"?{urlencode({**narrowed, 'after': shown.after})}" if shown.after else "",
        "asked": asked,
        "narrowed": bool(narrowed),
        "subjects": trail.SUBJECTS,
        "acts": trail.ACTS,
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "audit/newest.html#rows" if partial else "audit/newest.html", context)


@login_required
@require_safe
def chain(request: HttpRequest, chain: str) -> HttpResponse:
    require(viewer(request), "audit.read")
    entries = api.chain_entries(chain)
    if not entries:
        raise Http404("There is no such chain.")
    context = {
        "current": "audit",
        "subject": trail.subjects_of([chain])[chain],
        "may_open": _may_open(viewer(request), chain),
        "sentences": trail.story_of(entries),
        "count": len(entries),
    }
    return render(request, "audit/chain.html", context)


def _may_open(person: Person, chain: str) -> bool:
    """The trail is for more people than the runs themselves are."""
    kind, _, name = chain.partition(":")
    return kind != "run" or visible_runs(person).filter(pk=name).exists()


@login_required
@require_POST
def verification(request: HttpRequest) -> HttpResponse:
    """Reads every chain from its beginning, so it runs when somebody asks for it and not before."""
    require(viewer(request), "audit.read")
    context = {"current": "audit", "report": api.verify_audit()}
    partial = request.headers.get("HX-Request")
    return render(request, "audit/verification.html#report" if partial else "audit/verification.html", context)

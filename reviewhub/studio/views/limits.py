"""Where every limit, breaker and credential stands now."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from orchestration import api
from reviewhub.accounts.permissions import require
from reviewhub.studio.access import viewer
from reviewhub.studio.states import State

BREAKERS = {
    "closed": State(_lazy("Calls go through"), "calm", "check"),
    "open": State(_lazy("Left alone"), "breached", "stop"),
    "half_open": State(_lazy("One call is tried"), "warning", "retry"),
}
WAITING = {
    "rate": _lazy("%(n)s for the rate"),
    "concurrency": _lazy("%(n)s for a place"),
    "breaker": _lazy("%(n)s for the breaker"),
    "rests": _lazy("%(n)s for its patience"),
}
KINDS = {"tool": _lazy("tool"), "connection": _lazy("connection")}


@login_required
@require_safe
def limit_list(request: HttpRequest) -> HttpResponse:
    require(viewer(request), "stuck.read")
    context = {
        "current": "stuck",
        "rows": [_row(figure) for figure in api.limit_figures()],
        "credentials": api.credential_figures(),
    }
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, "runs/limits.html#figures" if partial else "runs/limits.html", context)


def _row(figure: api.LimitFigure) -> dict[str, Any]:
    kind, _colon, name = figure.subject.partition(":")
    state = State(_("Asked to wait"), "warning", "pause") if figure.rests_until else BREAKERS.get(figure.breaker or "")
    return {
        "figure": figure,
        "name": name,
        "kind": KINDS.get(kind, kind),
        "state": state,
        "until": figure.rests_until or (figure.open_until if figure.breaker == "open" else None),
        "waiting": ", ".join(str(WAITING[why]) % {"n": count} for why, count in sorted(figure.waiting.items())),
    }

"""A person's own tokens: what they are for, making one (shown once), ending one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from orchestration import ports
from orchestration.exceptions import InvalidTransition
from reviewhub.accounts.actors import actor_of
from reviewhub.accounts.permissions import require
from reviewhub.api.tokens.scopes import SCOPES
from reviewhub.api.tokens.selectors import tokens_of
from reviewhub.api.tokens.services import InvalidToken, create_token, revoke_token
from reviewhub.studio.access import viewer

LIFETIMES = ((7, _lazy("a week")), (30, _lazy("30 days")), (90, _lazy("90 days")), (365, _lazy("a year")))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The secret of a new token is in the answer to the form that made it, and nowhere after that."""
    person = viewer(request)
    require(person, "token.create")
    if request.method != "POST":
        return _shown(request)
    days = request.POST.get("days", "")
    lifetime = timedelta(days=int(days) if days in {str(each) for each, _ in LIFETIMES} else 90)
    try:
        made, secret = create_token(
            person=person,
            name=request.POST.get("name", "").strip()[:100],
            scopes=[scope for scope in request.POST.getlist("scopes") if scope in SCOPES],
            expires_in=lifetime,
            actor=actor_of(person),
        )
    except InvalidToken as invalid:
        return _shown(request, fault=str(invalid), status=422)
    return _shown(request, made=made, secret=secret, status=201)


@login_required
@require_POST
def revocation(request: HttpRequest, token_id: UUID) -> HttpResponse:
    person = viewer(request)
    token = get_object_or_404(tokens_of(person), pk=token_id)
    try:
        revoke_token(token=token, actor=actor_of(person))
    except InvalidTransition as gone:
        messages.error(request, str(gone))
    else:
        ended = _("The token %(name)s has ended. Nothing can use it any more.")
        messages.success(request, ended % {"name": token.name})
    return redirect("studio:tokens")


def _shown(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    now = ports.clock().system_now()
    rows = [{"token": token, "status": token.status(now)} for token in tokens_of(viewer(request))]
    asked = {"name": request.POST.get("name", ""), "scopes": request.POST.getlist("scopes")} if "fault" in more else {}
    context = {
        "current": "tokens",
        "rows": rows,
        "scopes": SCOPES.items(),
        "lifetimes": LIFETIMES,
        "asked": asked,
        **more,
    }
    response = render(request, "studio/tokens.html", context, status=status)
    add_never_cache_headers(response)
    return response

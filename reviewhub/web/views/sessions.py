"""Signing in, and what a viewer sets for themselves."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from reviewhub.web.answers import viewer
from reviewhub.web.context import THEMES


class SignIn(LoginView):
    template_name = "registration/sign_in.html"
    redirect_authenticated_user = True


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        return HttpResponseBadRequest()
    person = viewer(request)
    person.theme = chosen
    person.save(update_fields=("theme",))
    return redirect(_back(request))


@login_required
@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/keys.html")


def _back(request: HttpRequest) -> str:
    came_from = request.headers.get("referer", "")
    known = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    return came_from if known else "/"

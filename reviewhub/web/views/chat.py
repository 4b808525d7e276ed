"""Who the viewer is in Slack: linked and unlinked by themselves."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from reviewhub.accounts.codes import TooManyCodes
from reviewhub.notifications.chat.linking import code_for, unlink
from reviewhub.notifications.chat.slack import is_configured
from reviewhub.notifications.models import ChatIdentity
from reviewhub.web.answers import by_method, viewer


def _shown(request: HttpRequest, *, code: str = "", fault: str = "", status: int = 200) -> HttpResponse:
    if not is_configured():
        raise Http404
    identity = ChatIdentity.objects.filter(person=viewer(request)).first()
    context = {"identity": identity, "code": code, "fault": fault, "current": "notices"}
    return render(request, "desk/chat.html", context, status=status)


def _make(request: HttpRequest) -> HttpResponse:
    try:
        return _shown(request, code=code_for(viewer(request)))
    except TooManyCodes as error:
        return _shown(request, fault=str(error), status=429)


def _end(request: HttpRequest) -> HttpResponse:
    unlink(viewer(request))
    return redirect("web:chat")


chat = never_cache(by_method(get=_shown, post=_make, delete=_end))

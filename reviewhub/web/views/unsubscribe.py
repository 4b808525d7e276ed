"""No more mails like one that came: by its link, or by the mail program's own button (RFC 8058). A GET stops none."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from reviewhub.accounts.models import Person
from reviewhub.notifications.mail import GATHERED, unsubscribed
from reviewhub.notifications.models import Notice
from reviewhub.notifications.ways import stop_mails
from reviewhub.web.answers import headers
from reviewhub.web.views.information import PRIVATE


@csrf_exempt  # a mail program posts without a page of ours; the address itself is signed
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    whose = unsubscribed(token)
    person = Person.objects.filter(pk=whose[0], is_active=True).first() if whose else None
    if whose is None or person is None:
        return headers(render(request, "desk/unsubscribe.html", {"forged": True}, status=404), PRIVATE)
    kind = whose[1]
    if request.method == "POST":
        stop_mails(person=person, kind=kind)
    label = "" if kind == GATHERED else Notice.Kind(kind).label
    context = {"label": label, "person": person, "stopped": request.method == "POST"}
    return headers(render(request, "desk/unsubscribe.html", context), PRIVATE)

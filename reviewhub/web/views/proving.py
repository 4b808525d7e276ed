"""Whether a browser that holds the link of a mail is its addressee's.

It is, where they are signed in, or have typed a code that came to their address, there and in the last thirty days. A
link that was passed on shows nothing of the case and decides nothing: the code comes to the addressee alone.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from orchestration import ports
from reviewhub.accounts.codes import TooManyCodes, use_code
from reviewhub.accounts.models import OneTimeCode, Person
from reviewhub.notifications.codes import send_code
from reviewhub.reviews.links import DecisionLink
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.services.holding import what_happened
from reviewhub.web.answers import headers
from reviewhub.web.views.information import PRIVATE

COOKIE = "reads_mail_of"
KNOWN_FOR = timedelta(days=30)
CODE = "mailed_code"  # what a decision's record says


def proof_of(request: HttpRequest, person: Person) -> str | None:
    """What shows that it is this person: empty where they are signed in, None where nothing does."""
    if request.user.is_authenticated and request.user.pk == person.pk:
        return ""
    try:
        held = signing.loads(request.COOKIES.get(COOKIE, ""), salt=salt_of(person), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return None
    return CODE if held == person.pk else None


def prove(request: HttpRequest, link: DecisionLink, person: Person) -> HttpResponse:
    """Asks for the code. What has been settled or has expired needs none."""
    task = ReviewTask.objects.filter(pk=link.task_id).first()
    if task is not None and not task.is_waiting:
        said = what_happened(task)
        return no(request, 409 if request.method == "POST" else 200, task.title, said[:1].upper() + said[1:], link)
    if link.expires_at <= ports.clock().system_now():
        return no(request, 410, _("This link has expired"), _("Sign in to decide it."), link)
    if request.method != "POST":
        return _asked(request, link, person)
    if "code" in request.POST:
        return _checked(request, link, person)
    if "send" in request.POST:
        return _sent(request, link, person)
    return _asked(request, link, person, fault=_("Nothing was decided: first say that it is you."), status=403)


def _sent(request: HttpRequest, link: DecisionLink, person: Person) -> HttpResponse:
    try:
        send_code(person)
    except TooManyCodes as error:
        return _asked(request, link, person, fault=str(error), status=429)
    return _asked(request, link, person, sent=True)


def _checked(request: HttpRequest, link: DecisionLink, person: Person) -> HttpResponse:
    if not use_code(person, OneTimeCode.Purpose.MAIL, request.POST["code"]):
        said = _("This is not the code, or it is older than ten minutes.")
        return _asked(request, link, person, fault=said, sent=True, status=422)
    answer = redirect(request.path)
    answer.set_cookie(
        COOKIE,
        signing.dumps(person.pk, salt=salt_of(person)),
        max_age=KNOWN_FOR,
        path="/decide/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _asked(
    request: HttpRequest,
    link: DecisionLink,
    person: Person,
    *,
    sent: bool = False,
    fault: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"person": person, "task_id": link.task_id, "sent": sent, "fault": fault}
    return headers(render(request, "desk/prove.html", context, status=status), PRIVATE)


def salt_of(person: Person) -> str:
    """Another password, and the browser is asked again."""
    return f"reviewhub.web.proving:{person.get_session_auth_hash()}"


def no(request: HttpRequest, status: int, title: str, text: str, link: DecisionLink | None = None) -> HttpResponse:
    context = {"title": title, "text": text, "task_id": link.task_id if link else None}
    return headers(render(request, "desk/link_refused.html", context, status=status), PRIVATE)

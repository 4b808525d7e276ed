"""In demo mode the desk opens signed in, and the process clock starts with its first visitor."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse

from reviewhub.accounts.models import Person
from reviewhub.demo import clock
from reviewhub.demo.people import ALICE

Handler = Callable[[HttpRequest], HttpResponse]

NOT_VISITORS = ("/healthz", "/readyz", "/static/", "/demo/systems/")  # neither starts the clock
NOT_PAGES = (*NOT_VISITORS, "/api/", "/hooks/", "/sign-in/", "/sign-out/", "/decide/")  # nor is signed in to
BACKEND = "django.contrib.auth.backends.ModelBackend"


def opened_by_alice(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(NOT_VISITORS) and clock.clock.speed() == clock.STANDING:
            clock.start()
        if request.method == "GET" and not request.path.startswith(NOT_PAGES) and request.user.is_anonymous:
            alice = Person.objects.filter(username=ALICE.username, is_active=True).first()
            if alice is not None:
                login(request, alice, backend=BACKEND)
        return get_response(request)

    return middleware

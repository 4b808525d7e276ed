"""Whoever guesses passwords is locked out, and let in again by an administrator."""

from __future__ import annotations

from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse

from reviewhub.accounts.services import grant_role
from tests.support.bench import OSCAR
from tests.support.cast import Cast, person

SIGN_IN = "/sign-in/"


def guess(name: str) -> int:
    return Client().post(SIGN_IN, {"username": name, "password": "wrong"}).status_code


def test_an_administrator_lifts_the_lock_of_a_name_that_was_guessed_at(people: Cast) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        guess("alice")
    assert guess("Alice ") == 429
    assert guess("bob") == 200
    administrator = person("ada")
    grant_role(person=administrator, role="administrator", actor=OSCAR)
    ada = Client()
    ada.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    index = ada.get("/admin/").content.decode()
    assert "Signing in" in index
    assert "Axes" not in index
    attempt = AccessAttempt.objects.get(username="alice")
    ada.post(reverse("admin:axes_accessattempt_delete", args=(attempt.pk,)), {"post": "yes"})
    assert guess("alice") == 200

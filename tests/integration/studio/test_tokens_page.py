"""A person's own tokens as a page. The secret is shown once."""

from __future__ import annotations

import re

from django.test import Client

from reviewhub.api.models import ApiToken
from tests.support.studio import Studio

MAKE = {"name": "The nightly import", "scopes": ["runs:read", "runs:start"], "days": "30"}


def test_a_new_token_is_shown_once_and_works(office: Studio) -> None:
    made = office.at("oscar").post("/tokens/", MAKE)
    assert made.status_code == 201
    assert "no-store" in made["Cache-Control"]
    secret = re.search(r'class="secret"[^>]*>([^<]+)<', made.content.decode())
    assert secret is not None
    assert secret[1] not in office.at("oscar").get("/tokens/").content.decode()
    answer = Client().get("/api/v1/runs/", headers={"Authorization": f"Bearer {secret[1]}"})
    assert answer.status_code == 200


def test_a_token_without_scopes_is_refused_and_the_name_stays(office: Studio) -> None:
    answer = office.at("oscar").post("/tokens/", {"name": "Import", "days": "30"})
    assert answer.status_code == 422
    assert "at least one scope" in answer.content.decode()
    assert 'value="Import"' in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_token_that_has_ended_cannot_be_used_or_ended_again(office: Studio) -> None:
    office.at("oscar").post("/tokens/", MAKE)
    token = ApiToken.objects.get()
    first = office.at("oscar").post(f"/tokens/{token.pk}/revocation/", follow=True)
    assert "Nothing can use it any more." in first.content.decode()
    again = office.at("oscar").post(f"/tokens/{token.pk}/revocation/", follow=True)
    assert "has been revoked already" in again.content.decode()


def test_nobody_sees_or_ends_the_tokens_of_another(office: Studio) -> None:
    office.at("oscar").post("/tokens/", MAKE)
    token = ApiToken.objects.get()
    assert "The nightly import" not in office.at("mallory").get("/tokens/").content.decode()
    assert office.at("mallory").post(f"/tokens/{token.pk}/revocation/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None

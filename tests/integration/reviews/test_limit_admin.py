"""Limits and credentials in the settings: kept, checked and on record, without a secret."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from orchestration import api
from orchestration.models import Connection, ConnectionCredential, LimitSetting
from reviewhub.accounts.services import grant_role
from tests.support.bench import OSCAR
from tests.support.cast import Cast, person

LIMIT = {"subject": "connection:erp", "calls": "10", "seconds": "60", "cool_down": "30"}


@pytest.fixture
def ada(people: Cast) -> Client:
    """An administrator."""
    ada = person("ada", display_name="Ada Berg")
    grant_role(person=ada, role="administrator", actor=OSCAR)
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    Connection.objects.create(name="erp", kind="http", base_url="https://erp.test")
    return client


def test_a_limit_is_kept_and_on_record(ada: Client) -> None:
    assert ada.post(reverse("admin:orchestration_limitsetting_add"), LIMIT).status_code == 302
    assert LimitSetting.objects.get().calls == 10
    (entry,) = api.chain_entries("limit:connection:erp")
    assert (entry.kind, entry.data["calls"]) == ("limit.made", 10)


@pytest.mark.parametrize("wrong", [{"subject": "tool:nobody"}, {"calls": "0"}, {"seconds": "0"}, {"adaptive": "on"}])
def test_a_limit_that_makes_no_sense_is_refused(ada: Client, wrong: dict[str, str]) -> None:
    response: Any = ada.post(reverse("admin:orchestration_limitsetting_add"), LIMIT | wrong)
    assert response.status_code == 200
    assert response.context["adminform"].form.errors


def test_a_credential_goes_in_and_its_secret_is_in_no_record(ada: Client) -> None:
    connection = Connection.objects.get()
    fields = {"name": "erp", "kind": "http", "base_url": "https://erp.test", "enabled": "on"}
    fields |= {"credentials-TOTAL_FORMS": "1", "credentials-INITIAL_FORMS": "0", "credentials-0-label": "second"}
    fields |= {"credentials-0-secret": "open sesame", "credentials-0-enabled": "on"}
    address = reverse("admin:orchestration_connection_change", args=[connection.pk])
    assert ada.post(address, fields).status_code == 302
    assert ConnectionCredential.objects.get().secret == "open sesame"
    assert "sesame" not in ada.get(address).content.decode()
    assert not any("sesame" in str(entry.data) for entry in api.chain_entries("connection:erp"))

"""Administrators see whose tokens there are, and end them."""

from __future__ import annotations

from orchestration import api
from tests.integration.api.office import Office

TOKENS = "/admin/api/apitoken/"


def test_an_administrator_ends_somebodys_token(office: Office) -> None:
    token, secret = office.token(office.alice)
    office.oscar.grants.create(role="administrator", granted_by="test")
    oscar = office.at_a_page(office.oscar)

    listed = oscar.get(TOKENS).content.decode()
    assert token.hint in listed
    assert secret not in listed
    chosen = {"action": "revoke", "_selected_action": [str(token.pk)]}
    assert oscar.client.post(TOKENS, chosen).status_code == 302

    token.refresh_from_db()
    assert token.revoked_by == "Oscar"
    assert [entry.kind for entry in api.chain_entries(f"token:{token.pk}")] == ["token.created", "token.revoked"]


def test_an_auditor_reads_and_ends_nothing(office: Office) -> None:
    token, _ = office.token(office.alice)
    office.oscar.grants.create(role="auditor", granted_by="test")
    oscar = office.at_a_page(office.oscar)

    assert oscar.get(TOKENS).status_code == 200
    oscar.client.post(TOKENS, {"action": "revoke", "_selected_action": [str(token.pk)]})
    assert oscar.get(f"{TOKENS}add/").status_code == 403

    token.refresh_from_db()
    assert token.revoked_at is None


def test_others_do_not_see_them(office: Office) -> None:
    office.token(office.alice)

    for who in (office.mallory, office.alice, office.engineer):
        assert office.at_a_page(who).get(TOKENS).status_code in (302, 403)

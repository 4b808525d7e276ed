"""Tokens: whom they let in, and how far."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from orchestration import api
from orchestration.ports import clock
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.secrets import digest_of
from reviewhub.api.tokens.services import InvalidToken, create_token, revoke_token
from tests.integration.api.office import Caller, Office

RUNS, TASKS, TOKENS = "/api/v1/runs/", "/api/v1/tasks/", "/api/v1/tokens/"


def _with(secret: str) -> Caller:
    return Caller({"Authorization": f"Bearer {secret}"})


def test_without_a_token_or_a_session_nobody_gets_in(stranger: Caller) -> None:
    for path in (RUNS, TASKS, TOKENS, "/api/v1/workflows/"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="ReviewHub"')
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("secret", ["", "x", "rhp_", "rhp_" + "A" * 43, "rhs_é", "rhp_" + "x" * 500])
def test_what_is_no_token_is_refused(office: Office, secret: str) -> None:
    answer = _with(secret).get(RUNS)

    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_is_kept_as_a_digest_alone(office: Office) -> None:
    token, secret = office.token(office.alice)

    stored = ApiToken.objects.values().get(pk=token.pk)
    assert stored["digest"] == digest_of(secret)
    assert all(secret not in str(value) for value in stored.values())
    entries = api.chain_entries(f"token:{token.pk}")
    assert [entry.kind for entry in entries] == ["token.created"]
    assert all(secret not in str(entry) for entry in entries)


def test_an_expired_token_and_a_revoked_one_are_refused(office: Office) -> None:
    expired, expired_secret = office.token(office.alice)
    ApiToken.objects.filter(pk=expired.pk).update(
        created_at=clock().system_now() - timedelta(days=2), expires_at=clock().system_now() - timedelta(seconds=1)
    )
    revoked, revoked_secret = office.token(office.alice)
    revoke_token(token=revoked, actor=api.SYSTEM)

    assert "expired" in _with(expired_secret).get(RUNS).json()["detail"]
    assert "revoked" in _with(revoked_secret).get(RUNS).json()["detail"]


def test_a_token_ends_with_its_person(office: Office) -> None:
    alice = office.calls(office.alice)
    office.alice.is_active = False
    office.alice.save()

    assert alice.get(RUNS).status_code == 401


def test_a_token_does_what_its_scopes_say_and_no_more(office: Office) -> None:
    task = office.task()
    reader = office.calls(office.alice, "tasks:read")

    assert reader.get(TASKS).status_code == 200
    refused = reader.post(f"{TASKS}{task.pk}/claim/")
    assert (refused.status_code, refused.json()["type"]) == (403, "/api/problems/insufficient-scope/")
    assert 'scope="tasks:decide"' in refused.headers["WWW-Authenticate"]
    assert reader.get(RUNS).status_code == 403
    assert (
        office.calls(office.alice, "runs:start").post(f"{TASKS}{task.pk}/comments/", {"text": "x"}).status_code == 403
    )


def test_a_scope_gives_nothing_that_its_person_has_not(office: Office) -> None:
    mallory = office.calls(office.mallory)

    started = mallory.post(RUNS, {"workflow": "purchase", "input": {"request": "gold", "amount": 1}})
    deployed = mallory.put("/api/v1/workflows/purchase/", {"text": "workflow: purchase"})
    assert (started.status_code, deployed.status_code) == (403, 403)


def test_a_service_token_starts_and_reads_but_never_decides(office: Office) -> None:
    service = office.calls(office.engineer, kind="service")
    task = office.task()

    started = service.post(RUNS, {"workflow": "purchase", "input": {"request": "ink", "amount": 1}})
    assert started.status_code == 201
    assert service.get(f"{RUNS}{task.run_id}/").status_code == 200
    assert len(service.get(TASKS).json()["items"]) == 2
    assert service.get(f"{TASKS}{task.pk}/").status_code == 200
    assert service.get(f"{TASKS}?view=mine").status_code == 422
    for act in ("claim/", "decision/", "comments/"):
        refused = service.post(f"{TASKS}{task.pk}/{act}", {"outcome": "approve"}, If_Match='"1"')
        assert (refused.status_code, refused.json()["type"]) == (403, "/api/problems/insufficient-scope/")
    story = service.get(f"{started.json()['url']}timeline/").json()["items"]
    assert (story[0]["actor"]["kind"], story[0]["actor"]["label"]) == ("token", "a token (service token)")


def test_a_service_token_cannot_even_be_made_with_a_deciding_scope(office: Office) -> None:
    for scope in ("tasks:decide", "tasks:comment", "runs:cancel", "workflows:deploy"):
        with pytest.raises(InvalidToken, match=scope):
            office.token(office.engineer, scope, kind="service")


def test_a_deciding_scope_written_into_a_service_token_decides_nothing(office: Office) -> None:
    token, secret = office.token(office.engineer, kind="service")
    ApiToken.objects.filter(pk=token.pk).update(scopes=["tasks:decide", "tasks:comment", "runs:cancel"])
    task, service = office.task(), _with(secret)

    for act in ("claim/", "decision/", "comments/"):
        assert service.post(f"{TASKS}{task.pk}/{act}", {"outcome": "approve"}, If_Match='"1"').status_code == 403
    for act in ("claim/", "decision/"):
        assert service.delete(f"{TASKS}{task.pk}/{act}").status_code == 403
    assert service.post(f"{RUNS}{task.run_id}/cancellation/", {"reason": "x"}).status_code == 403


def test_a_service_token_ends_with_the_right_to_make_one(office: Office) -> None:
    service = office.calls(office.engineer, kind="service")
    assert service.get(RUNS).status_code == 200

    office.engineer.grants.all().delete()

    assert service.get(RUNS).status_code == 401


def test_the_last_use_is_remembered_to_the_minute(office: Office, django_assert_num_queries: Any) -> None:
    token, secret = office.token(office.alice)
    _with(secret).get(RUNS)
    token.refresh_from_db()
    first = token.last_used_at

    _with(secret).get(RUNS)
    token.refresh_from_db()

    assert first is not None
    assert token.last_used_at == first


# ---- made by a person --------------------------------------------------------------------------


def test_a_person_makes_reads_and_revokes_tokens_at_a_page(office: Office) -> None:
    alice = office.at_a_page(office.alice)

    made = alice.post(TOKENS, {"name": "laptop", "scopes": ["runs:read"], "days": 30})

    assert made.status_code == 201
    secret = made.json()["token"]
    assert secret.startswith("rhp_")
    assert _with(secret).get(RUNS).status_code == 200
    listed = alice.get(TOKENS).json()["items"]
    assert [(token["name"], token["status"], "token" in token) for token in listed] == [("laptop", "active", False)]
    assert alice.delete(made.headers["Location"]).status_code == 204
    assert alice.delete(made.headers["Location"]).status_code == 409
    assert _with(secret).get(RUNS).status_code == 401


def test_a_token_never_makes_or_sees_tokens(office: Office) -> None:
    token, secret = office.token(office.alice)

    assert _with(secret).get(TOKENS).status_code == 403
    assert _with(secret).post(TOKENS, {"name": "more", "scopes": ["runs:read"]}).status_code == 403
    assert _with(secret).delete(f"{TOKENS}{token.pk}/").status_code == 403


def test_somebody_elses_token_is_not_there(office: Office) -> None:
    token, _ = office.token(office.alice)
    mallory = office.at_a_page(office.mallory)

    assert mallory.get(f"{TOKENS}{token.pk}/").status_code == 404
    assert mallory.delete(f"{TOKENS}{token.pk}/").status_code == 404
    assert mallory.get(TOKENS).json()["items"] == []
    token.refresh_from_db()
    assert token.revoked_at is None


def test_only_engineers_and_administrators_make_tokens_for_systems(office: Office) -> None:
    wanted = {"name": "shop", "kind": "service", "scopes": ["runs:start"]}

    assert office.at_a_page(office.alice).post(TOKENS, wanted).status_code == 403
    assert office.at_a_page(office.engineer).post(TOKENS, wanted).json()["token"].startswith("rhs_")


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["everything"]}, "/scopes/0"),
        ({"days": 0}, "/days"),
        ({"days": 367}, "/days"),
        ({"name": ""}, "/name"),
        ({"kind": "root"}, "/kind"),
        ({"person": "oscar"}, "/person"),
    ],
)
def test_a_token_that_cannot_be_is_refused_with_the_path(office: Office, wrong: dict[str, Any], path: str) -> None:
    answer = office.at_a_page(office.alice).post(TOKENS, {"name": "x", "scopes": ["runs:read"], **wrong})

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


def test_what_a_page_sends_needs_the_csrf_token(office: Office) -> None:
    alice = office.at_a_page(office.alice, checks_csrf=True)

    answer = alice.post(TOKENS, {"name": "x", "scopes": ["runs:read"]})

    assert (answer.status_code, answer.json()["type"]) == (403, "/api/problems/csrf/")
    assert alice.get(TOKENS).status_code == 200
    assert ApiToken.objects.count() == 0


# ---- on the command line -----------------------------------------------------------------------


def _manage(*words: str) -> str:
    out = StringIO()
    call_command("tokens", *words, stdout=out, stderr=StringIO())
    return out.getvalue().strip()


def test_the_command_line_makes_lists_and_revokes(office: Office) -> None:
    secret = _manage(
        "create", "erin", "--name", "shop", "--scopes", "runs:start, runs:read", "--service", "--days", "7"
    )
    assert secret.startswith("rhs_")
    assert _with(secret).get(RUNS).status_code == 200

    token = ApiToken.objects.get(name="shop")
    assert str(token.pk) in _manage("list", "erin")
    assert '"status": "active"' in _manage("list", "--json")
    assert _manage("revoke", str(token.pk)) == "Revoked shop."
    assert _with(secret).get(RUNS).status_code == 401


@pytest.mark.parametrize(
    "words",
    [
        ("create", "nobody", "--name", "x", "--scopes", "runs:read"),
        ("create", "alice", "--name", "x", "--scopes", "runs:fly"),
        ("create", "alice", "--name", "x", "--scopes", "runs:read", "--service"),
        ("create", "alice", "--name", "x", "--scopes", "runs:read", "--days", "9999"),
        ("revoke", str(uuid4())),
        ("list", "nobody"),
    ],
)
def test_the_command_line_says_what_is_wrong(office: Office, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        _manage(*words)
    assert ApiToken.objects.count() == 0


def test_who_cannot_sign_in_has_no_tokens(office: Office) -> None:
    office.alice.is_active = False

    with pytest.raises(InvalidToken):
        create_token(person=office.alice, name="x", scopes=["runs:read"], actor=api.SYSTEM)

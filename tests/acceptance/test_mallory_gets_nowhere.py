"""Mallory has an account, no role and no queue. She tries what an attacker tries, on the pages and over the API."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.api.models import ApiToken
from reviewhub.reviews.models import ReviewTask
from tests.integration.api.office import Caller, Office

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(1)</script>{{7*7}}${1+1}"
RAW = ("<img src=x", "<script>alert")
ELSEWHERE = (
    "//evil.example/",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:///evil.example",
)


@pytest.fixture
def office(db: None) -> Office:
    return Office()


@pytest.fixture
def case(office: Office) -> ReviewTask:
    """A case whose every text is hostile."""
    return office.task(HOSTILE, requester="priya@example.com")


def _form(caller: Caller, path: str, **fields: str) -> Any:
    return caller.client.post(path, fields)


def _pages(case: ReviewTask) -> dict[str, tuple[int, ...]]:
    """Addresses, and what Mallory may be answered there."""
    task, run = f"/tasks/{case.pk}/", f"/runs/{case.run_id}/"
    one = "/workflows/purchase/"
    return {
        task: (403, 404),
        run: (404,),
        f"{run}live/": (404,),
        f"{one}draft/": (403,),
        f"{one}runs/new/": (403,),
        f"{one}versions/9/": (404,),
        "/new-workflow/": (403,),
        "/audit/": (403,),
        f"/audit/chain/run:{case.run_id}/": (403,),
        "/audit/chain/connection:shop/": (403,),
        "/admin/": (302, 403),
        "/admin/accounts/person/": (302, 403),
        "/admin/orchestration/connection/": (302, 403, 404),
        "/notices/1/": (404,),
    }


def test_what_is_not_hers_she_does_not_see(office: Office, case: ReviewTask) -> None:
    mallory = office.at_a_page(office.mallory)

    for path, answers in _pages(case).items():
        answer = mallory.get(path)
        assert answer.status_code in answers, path
        assert "alert(1)" not in answer.content.decode(), path
    for path in ("/runs/", "/queue/team/", "/queue/at-risk/", "/workflows/purchase/"):
        assert "alert(1)" not in mallory.get(path).content.decode(), path


def test_what_is_not_hers_she_does_not_change(office: Office, case: ReviewTask) -> None:
    mallory, (token, _) = office.at_a_page(office.mallory), office.token(office.alice)
    task, one = f"/tasks/{case.pk}/", "/workflows/purchase/"
    attempts: dict[str, dict[str, str]] = {
        f"{task}claim/": {},
        f"{task}decision/": {"outcome": "approve", "version": "1"},
        f"{task}comments/": {"text": "hello"},
        f"/runs/{case.run_id}/cancellation/": {"reason": "mine"},
        f"{one}publication/": {"text": "workflow: purchase", "note": ""},
        f"{one}versions/1/activation/": {},
        f"{one}runs/new/": {"request": "gold", "amount": "1"},
        f"{one}draft/": {"text": "x", "revision": "0"},
        f"{one}draft/check/": {"text": "x"},
        f"/tokens/{token.pk}/revocation/": {},
        "/audit/verification/": {},
    }

    for path, fields in attempts.items():
        assert _form(mallory, path, **fields).status_code in (403, 404), path

    case.refresh_from_db()
    token.refresh_from_db()
    assert (case.status, case.version, case.comments.count(), token.revoked_at) == ("open", 1, 0, None)
    assert (api.runs().count(), api.versions("purchase").count(), api.drafts().count()) == (1, 1, 0)


def test_she_makes_no_token_that_does_more_than_she_may(office: Office) -> None:
    _form(office.at_a_page(office.mallory), "/tokens/", name="x", kind="service", scopes="runs:start")

    assert not ApiToken.objects.filter(kind="service").exists()
    mallory = office.calls(office.mallory)
    started = mallory.post("/api/v1/runs/", {"workflow": "purchase", "input": {"request": "x", "amount": 1}})
    assert started.status_code == 403


def test_another_site_cannot_act_in_somebodys_session(office: Office, case: ReviewTask) -> None:
    alice = Client(enforce_csrf_checks=True)
    alice.force_login(office.alice, backend="django.contrib.auth.backends.ModelBackend")
    task = f"/tasks/{case.pk}/"

    for path in (
        f"{task}claim/",
        f"{task}decision/",
        f"{task}comments/",
        "/tokens/",
        "/theme/",
        "/sign-out/",
        "/sign-in/",
    ):
        alice.cookies["csrftoken"] = "b" * 32
        answer = alice.post(
            path, {"csrfmiddlewaretoken": "b" * 32, "text": "x"}, headers={"Origin": "http://evil.example"}
        )
        assert answer.status_code == 403, path
        assert alice.get(path).status_code in (200, 302, 405), path
    case.refresh_from_db()
    assert (case.status, case.comments.count()) == ("open", 0)


@pytest.mark.parametrize("there", ELSEWHERE)
def test_signing_in_leads_nowhere_else(office: Office, there: str) -> None:
    signed_in = Client().post(
        f"/sign-in/?next={quote(there)}",
        {"username": "alice@example.com", "password": "alice has a password", "next": there},
    )

    assert signed_in.status_code == 302
    assert "evil" not in signed_in.headers["Location"]
    assert "script" not in signed_in.headers["Location"]


def test_hostile_text_stays_text_wherever_it_is_shown(office: Office, case: ReviewTask) -> None:
    office.mallory.display_name = HOSTILE
    office.mallory.save()
    office.queue.memberships.create(person=office.mallory)
    mallory = office.at_a_page(office.mallory)
    _form(mallory, f"/tasks/{case.pk}/comments/", text=f"{HOSTILE} [x](javascript:alert(1))")
    mallory.post("/api/v1/tokens/", {"name": HOSTILE, "scopes": ["runs:read"]})
    office.oscar.grants.create(role="auditor", granted_by="test")
    pages = {
        f"/tasks/{case.pk}/": office.alice,
        "/queue/team/": office.alice,
        f"/queue/team/?q={quote(HOSTILE)}": office.alice,
        f"/runs/{case.run_id}/": office.oscar,
        f"/runs/?q={quote(HOSTILE)}": office.oscar,
        "/audit/": office.oscar,
        f"/audit/chain/run:{case.run_id}/": office.oscar,
        "/tokens/": office.mallory,
        f"/no/{quote(HOSTILE)}/": office.alice,
    }

    for path, reader in pages.items():
        html = office.at_a_page(reader).get(path).content.decode()
        assert not [raw for raw in RAW if raw in html], path
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), path
        assert 'href="javascript:' not in html, path


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud7ff\uffff", "\u202e", "x" * 5000, "\r\n\r\nHTTP/1.1 200"])
def test_odd_characters_break_no_page(office: Office, case: ReviewTask, text: str) -> None:
    alice = office.at_a_page(office.alice)
    erin = office.at_a_page(office.engineer)
    odd = quote(text)
    for path in (
        "/runs/?q=",
        "/runs/?workflow=",
        "/runs/?after=",
        "/queue/team/?q=",
        "/queue/team/?after=",
        f"/tasks/{case.pk}/?view=",
    ):
        assert alice.get(path + odd).status_code < 500, path
    for path in (
        f"/runs/{case.run_id}/?step=",
        "/workflows/purchase/comparison/?old=",
        "/audit/?about=",
        "/audit/?kind=",
        "/audit/?who=",
    ):
        assert erin.get(path + odd).status_code < 500, path

    task = f"/tasks/{case.pk}/"
    assert _form(alice, f"{task}comments/", text=text).status_code < 500
    assert _form(alice, f"{task}decision/", outcome=text, note=text, version=text).status_code < 500
    assert _form(alice, "/tokens/", name=text, scopes="runs:read", days=text).status_code < 500
    assert _form(Caller(), "/sign-in/", username=text, password=text).status_code < 500
    one = "/workflows/purchase/"
    assert _form(erin, f"{one}runs/new/", request=text, amount=text, event=text).status_code < 500
    assert _form(erin, f"{one}draft/", text=text, revision=text).status_code < 500
    assert _form(erin, f"{one}publication/", text=text, note=text).status_code < 500
    assert _form(erin, "/new-workflow/", name=text, title=text).status_code < 500


@pytest.mark.parametrize("text", ["²", "٣", "9" * 20, "9" * 5000, "-1", "1e9", "0x1", "1.0", " 1"])
def test_odd_numbers_break_no_page(office: Office, case: ReviewTask, text: str) -> None:
    alice, erin, odd = office.at_a_page(office.alice), office.at_a_page(office.engineer), quote(text)
    task, run, api = f"/tasks/{case.pk}/", f"/runs/{case.run_id}/", "/api/v1"
    for path in (
        *(f"/queue/team/?sure_from={odd}", f"/queue/team/?sure_below={odd}", f"/queue/team/together/?back={odd}"),
        *(f"/queue/team/together/?task={case.pk}:{odd}", f"/notices/?before={odd}", f"/cards/list/?after={odd}"),
        *(f"{api}/tasks/?limit={odd}", f"{api}/tasks/?cursor={odd}", f"{api}/breaches/?limit={odd}"),
    ):
        assert alice.get(path).status_code < 500, path
    for path in (
        *(f"{run}?before={odd}", f"{run}at/?at={odd}", f"{run}?all={odd}", f"{run}?part={odd}", f"{run}?of={odd}"),
        *(f"/workflows/purchase/comparison/?old={odd}&new={odd}", f"/workflows/purchase/migration/?to={odd}"),
        *(f"/stuck/?after={odd}", f"{api}/stuck/?kind=message&after={odd}", f"{api}/runs/{case.run_id}/at/{odd}/"),
    ):
        assert erin.get(path).status_code < 500, path
    for path in ("claim", "decision", "delegation", "snooze", "refusal", "escalation", "information", "comments"):
        said = {"version": text, "outcome": "approve", "until": text, "to": "bob", "reason": "x", "text": "x"}
        assert _form(alice, f"{task}{path}/", **said).status_code < 500, path
    assert _form(alice, "/notices/ways/", mail_after=text, hour=text).status_code < 500
    assert _form(erin, f"{run}forks/", sequence=text).status_code < 500
    written = f"steps: [{{id: a, tool: erp.order@{text}}}]"
    assert _form(erin, "/workflows/purchase/draft/check/", text=written).status_code < 500


def test_a_nul_character_is_refused_before_it_reaches_the_database(office: Office, case: ReviewTask) -> None:
    alice = office.at_a_page(office.alice)

    assert _form(alice, f"/tasks/{case.pk}/comments/", text="a\x00b").status_code == 400
    assert alice.get("/runs/?q=%00").status_code == 400
    assert alice.get("/%00/").status_code == 400
    assert case.comments.count() == 0


def test_a_person_who_may_no_longer_sign_in_is_out_at_once(office: Office, case: ReviewTask) -> None:
    alice, program = office.at_a_page(office.alice), office.calls(office.alice)
    Person.objects.filter(pk=office.alice.pk).update(is_active=False)

    assert alice.get(f"/tasks/{case.pk}/").status_code == 302
    assert alice.get("/api/v1/tasks/").status_code == 401
    assert program.get("/api/v1/tasks/").status_code == 401


def test_guessing_passwords_is_stopped_however_the_name_is_spelled(office: Office) -> None:
    guesser = Client()
    for name in ("alice@example.com", "Alice@example.com", " ALICE@EXAMPLE.COM ") * 3:
        answer = guesser.post("/sign-in/", {"username": name, "password": "guess"})
    assert answer.status_code == 429

    right = guesser.post("/sign-in/", {"username": "alice@example.com", "password": "alice has a password"})
    assert right.status_code == 429
    somebody_else = guesser.post("/sign-in/", {"username": "bob@example.com", "password": "bob has a password"})
    assert somebody_else.status_code == 302

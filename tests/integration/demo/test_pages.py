"""The demo's pages and its middleware."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.conf import LazySettings
from django.test import Client

from orchestration import api
from reviewhub.accounts.models import Person
from reviewhub.demo import clock, views
from reviewhub.demo.loading.load import ACTOR
from reviewhub.demo.loading.people import load_people
from reviewhub.demo.models import ErpSwitch, Mail, Order, SentEvent
from reviewhub.demo.sending import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_urls")]
NOW = "2026-11-21T09:00:00Z"


@pytest.fixture
def demo(settings: LazySettings, client: Client) -> Client:
    """A browser in front of a demo with its people."""
    settings.DEMO = True
    settings.DEMO_SPEED = 60.0
    at = settings.MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:at],
        "reviewhub.demo.middleware.opened_by_alice",
        *settings.MIDDLEWARE[at:],
    ]
    load_people(ACTOR)
    return client


def who(client: Client) -> str:
    return str(Person.objects.get(pk=client.session["_auth_user_id"]).username)


class FakeSender:
    """Answers instead of the server, and keeps what was sent."""

    sent: list[tuple[str, str, str]]

    def __init__(self, answer: Callable[[], Answer]) -> None:
        self.sent, self._answer = [], answer

    def __call__(self, path: str) -> FakeSender:
        self._path = path
        return self

    def send(self, event_id: str, body: str) -> Answer:
        self.sent.append((self._path, event_id, body))
        return self._answer()


@pytest.fixture
def sender(monkeypatch: pytest.MonkeyPatch) -> FakeSender:
    fake = FakeSender(lambda: Answer(202, "0190f0a0-0000-7000-8000-000000000000", ""))
    monkeypatch.setattr(views, "Sender", fake)
    return fake


def test_the_demo_opens_signed_in_as_alice(demo: Client) -> None:
    assert demo.get("/demo/").status_code == 200
    assert who(demo) == "alice"


@pytest.mark.parametrize("address", ["/sign-in/", "/healthz", "/api/schema/", "/demo/systems/suppliers"])
def test_what_is_no_page_signs_nobody_in(demo: Client, address: str) -> None:
    demo.get(address)
    assert "_auth_user_id" not in demo.session


def test_one_click_and_somebody_else_sits_at_the_desk(demo: Client) -> None:
    demo.get("/demo/")
    assert demo.post("/demo/people/oscar/").headers["Location"] == "/"
    assert who(demo) == "oscar"
    assert demo.post("/demo/people/iris/").headers["Location"] == "/audit/"


def test_the_switch_leads_to_the_demos_people_and_to_nobody_else(demo: Client) -> None:
    Person.objects.create_user(email="mallory@example.com")
    assert demo.post("/demo/people/mallory/").status_code == 404
    assert demo.post("/demo/people/priya/").status_code == 404


def test_the_switch_needs_a_token_against_forged_requests(demo: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/demo/people/oscar/").status_code == 403


def test_the_first_visitor_starts_the_clock_and_a_probe_does_not(demo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    own = clock.DemoClock()
    monkeypatch.setattr(own, "_keep", lambda: None)
    monkeypatch.setattr(clock, "clock", own)
    clock.set_standing(own.system_now())
    demo.get("/healthz")
    demo.get("/demo/systems/suppliers")
    assert own.speed() == clock.STANDING
    demo.get("/demo/")
    assert own.speed() == 60


def test_a_button_sends_its_case_with_an_identity_of_its_own(demo: Client, sender: FakeSender) -> None:
    demo.get("/demo/")
    for _ in range(2):
        assert demo.post("/demo/events/", {"case": "over-budget"}).headers["Location"] == "/demo/"
    (path, first, body), (_, second, _) = sender.sent
    assert path == "purchase-requests"
    assert first != second
    assert f'"request_id": "{first}"' in body
    assert "accepted (202)" in demo.get("/demo/").content.decode()


def test_the_last_event_again_is_the_very_same(demo: Client, sender: FakeSender) -> None:
    demo.get("/demo/")
    demo.post("/demo/events/", {"case": "message"})
    demo.post("/demo/events/", {"case": "again"})
    assert sender.sent[0] == sender.sent[1]


def test_nothing_can_be_sent_again_before_anything_was_sent(demo: Client, sender: FakeSender) -> None:
    demo.get("/demo/")
    assert demo.post("/demo/events/", {"case": "again"}).status_code == 404
    assert demo.post("/demo/events/", {"case": "a bribe"}).status_code == 404
    assert not sender.sent


def test_a_server_that_does_not_answer_is_said(demo: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def silence() -> Answer:
        raise httpx.ConnectError("nobody there")

    monkeypatch.setattr(views, "Sender", FakeSender(silence))
    demo.get("/demo/")
    demo.post("/demo/events/", {"case": "small"})
    assert SentEvent.objects.get().status == 0
    assert "got no answer" in demo.get("/demo/").content.decode()


def test_the_erp_is_switched_off_and_on_again(demo: Client) -> None:
    demo.get("/demo/")
    demo.post("/demo/erp/", {"down": "yes"})
    assert ErpSwitch.objects.get().down
    assert "Switch it on" in demo.get("/demo/").content.decode()
    demo.post("/demo/erp/", {"down": "no"})
    assert not ErpSwitch.objects.get().down


def test_the_pane_shows_orders_and_mails_and_escapes_what_others_wrote(demo: Client) -> None:
    wanted: dict[str, Any] = {"amount": 4800, "cost_center": "IT-100", "placed_at": NOW}
    Order.objects.create(idempotency_key="k", request_id="R", supplier="<b>Brightline</b>", **wanted)
    Mail.objects.create(idempotency_key="k", to="a@example.com", subject="Hi", text="<script>", received_at=NOW)
    page = demo.get("/demo/happened/").content.decode()
    assert "PO-1" in page
    assert "&lt;b&gt;Brightline&lt;/b&gt;" in page
    assert "&lt;script&gt;" in page
    assert "<html" not in page


def test_where_nothing_has_happened_nothing_is_sent_again(demo: Client) -> None:
    seen = demo.get("/demo/").context["seen"]
    assert demo.get(f"/demo/happened/?seen={seen}").status_code == 204
    Mail.objects.create(idempotency_key="k", to="a@example.com", subject="Hi", text="", received_at=NOW)
    assert demo.get(f"/demo/happened/?seen={seen}").status_code == 200


def test_a_press_that_comes_by_script_gets_the_live_part_alone(demo: Client, sender: FakeSender) -> None:
    demo.get("/demo/")
    answer: Any = demo.post("/demo/events/", {"case": "small"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()


def test_the_demos_addresses_are_the_demos_alone(settings: LazySettings, client: Client) -> None:
    settings.ROOT_URLCONF = "reviewhub.urls"
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/people/alice/").status_code == 404


def test_mail_goes_to_the_mailbox_by_http_once_for_every_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.mail import EmailMessage

    from reviewhub.demo import mail

    api.save_connection(name="mailbox", kind="http", base_url="http://127.0.0.1:1/box", secret="s", actor=ACTOR)
    posted: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        posted.append(request)
        return httpx.Response(201, request=request)

    monkeypatch.setattr(mail, "_client", lambda: httpx.Client(transport=httpx.MockTransport(answer)))
    letter = EmailMessage("Due", "Soon.", to=["bob@example.com", "carol@example.com"], headers={"Message-ID": "<1@x>"})
    assert mail.MailboxBackend().send_messages([letter]) == 1
    assert mail.MailboxBackend().send_messages([letter]) == 1
    keys = [request.headers["Idempotency-Key"] for request in posted]
    assert len(keys) == 4
    assert len(set(keys)) == 2
    assert {str(request.url) for request in posted} == {"http://127.0.0.1:1/box/messages"}


def test_a_mailbox_that_is_away_is_said_and_not_swallowed() -> None:
    from django.core.mail import EmailMessage

    from orchestration.exceptions import NotFound
    from reviewhub.demo.mail import MailboxBackend

    with pytest.raises(NotFound):
        MailboxBackend().send_messages([EmailMessage("Due", "Soon.", to=["bob@example.com"])])
    assert MailboxBackend(fail_silently=True).send_messages([EmailMessage("Due", "Soon.", to=["b@example.com"])]) == 0


def test_a_run_that_whoever_looks_may_not_open_is_named_and_no_link(demo: Client, sender: FakeSender) -> None:
    demo.get("/demo/")
    demo.post("/demo/events/", {"case": "small"})
    page = demo.get("/demo/").content.decode()
    assert "a new run" in page
    assert f"/runs/{sender._answer().run_id}/" not in page

"""Deciding by the link of a mail: by its addressee, without signing in, and by nobody's opening it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client
from pytest_django import Settings

from orchestration import api
from orchestration.models import OutboxMessage
from orchestration.ports import ReachedLevel
from orchestration.runtime import outbox
from reviewhub.accounts.actors import ref_of
from reviewhub.accounts.models import OneTimeCode, Person
from reviewhub.notifications.models import Notice
from reviewhub.reviews.gateway import DeskGateway
from reviewhub.reviews.links import DecisionLink, decision_token
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, decide_task
from reviewhub.web.views import proving
from reviewhub.web.views.proving import COOKIE
from tests.integration.web.conftest import SignedIn
from tests.support.desk_room import DeskRoom
from tests.support.smtp_server import MailServer, mail_server


def link(room: DeskRoom, task: ReviewTask, person: Person, hours: float = 72) -> str:
    until = room.clock.system + timedelta(hours=hours)
    return f"/decide/{decision_token(DecisionLink(task.pk, person.pk, until))}/"


def knows(client: Client, person: Person) -> Client:
    """A browser in which the person has typed a code that came to their address."""
    client.cookies[COOKIE] = signing.dumps(person.pk, salt=proving.salt_of(person))
    return client


def form(client: Client, address: str) -> dict[str, str]:
    """What the page's form would send beside the button."""
    page = client.get(address).content.decode()
    return dict(re.findall(r'<input type="hidden" name="(version|shown|key|opened)" value="([^"]*)"', page))


def post(client: Client, address: str, **sent: Any) -> Any:
    return client.post(address, {**form(client, address), **sent})


def ask(task: ReviewTask, person: Person) -> Notice:
    """An escalation level reaches somebody, and a notice is on its way."""
    level = ReachedLevel(0, task.created_at, (ref_of(person),), "add", None, {"kind": "backup_of", "of": "queue"})
    DeskGateway().escalate(str(task.run_id), task.key, level)
    return Notice.objects.get(task=task, person=person)


def test_the_addressee_decides_with_one_tap_and_without_signing_in(room: DeskRoom) -> None:
    task, client = room.case("Northwind"), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    page = client.get(address)
    assert page.status_code == 200
    assert "This link is for <b>Alice Moreau</b>" in page.content.decode()

    answer = post(client, address, outcome="approve")
    decision = Decision.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert (decision.by, decision.channel, decision.outcome) == (room.people.alice, "eml", "approve")
    assert decision.evidence_hash == task.evidence_hash
    assert "You decided “Approve”" in client.get(address).content.decode()


def test_opening_it_changes_nothing_however_often_and_with_whatever(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    for opened in (client.get, client.head, client.get):
        assert opened(address).status_code == 200
    assert client.put(address).status_code == 405
    after = ReviewTask.objects.get(pk=task.pk)
    assert (after.status, after.version) == ("open", task.version)
    assert client.get(address)["Cache-Control"] == "no-store"
    assert "sessionid" not in client.cookies


def test_a_forged_link_or_one_cut_short_decides_nothing(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    bobs = address.replace(f"-{room.people.alice.pk}-", f"-{room.people.bob.pk}-")
    for forged in (bobs, address[:-4] + "/", "/decide/x/", address.replace(task.pk.hex, "0" * 32)):
        assert client.get(forged).status_code == 404
        assert client.post(forged, {"outcome": "approve"}).status_code == 404
    assert not Decision.objects.exists()


def test_an_expired_link_says_so_and_decides_nothing(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice, hours=0)
    assert client.post(address, {"outcome": "approve"}).status_code == 410
    assert f"/tasks/{task.pk}/" in client.get(address).content.decode()
    assert not Decision.objects.exists()


def test_a_link_that_was_passed_on_to_a_colleague_decides_nothing_in_their_browser(
    room: DeskRoom, signed_in: SignedIn
) -> None:
    task = room.case()
    address, bobs = link(room, task, room.people.alice), signed_in(room.people.bob)
    assert bobs.post(address, {"outcome": "approve"}).status_code == 403
    assert "This link is for Alice Moreau" in bobs.get(address).content.decode()
    assert post(signed_in(room.people.alice), address, outcome="approve").status_code == 302


def test_whoever_is_second_is_told_what_happened(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.carol)
    address = link(room, task, room.people.carol)
    sent = form(client, address)
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")

    late = client.post(address, {**sent, "outcome": "reject"})
    assert late.status_code == 409
    assert "Alice Moreau decided “Approve”" in late.content.decode()
    assert "Alice Moreau" in client.get(address).content.decode()
    assert Decision.objects.count() == 1


def test_a_decision_that_is_sent_twice_counts_once(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    sent = {**form(client, address), "outcome": "approve"}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    assert Decision.objects.count() == 1


def test_what_has_changed_since_is_shown_before_it_counts(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    sent = form(client, address)
    claim_task(task_id=task.pk, actor=room.people.alice)

    assert client.post(address, {**sent, "outcome": "approve"}).status_code == 412
    assert client.post(address, {**sent, "version": "2", "shown": "0" * 64, "outcome": "approve"}).status_code == 412
    assert not Decision.objects.exists()


def test_against_the_ai_the_page_asks_why(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    asked = post(client, address, outcome="reject")
    assert asked.status_code == 422
    assert 'name="reason"' in asked.content.decode()
    assert post(client, address, outcome="reject", reason="policy", asked="yes").status_code == 302
    assert Decision.objects.get().override.reasons.get().code == "policy"


def test_a_high_risk_is_decided_by_whoever_has_signed_in(room: DeskRoom, signed_in: SignedIn) -> None:
    task, client = room.case(amount=50_000), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    assert "Approve: sign in" in client.get(address).content.decode()
    refused = post(client, address, outcome="approve", confirmed="yes")
    assert (refused.status_code, "sign in to decide it" in refused.content.decode()) == (403, True)
    assert not Decision.objects.exists()

    alice = signed_in(room.people.alice)
    assert post(alice, address, outcome="approve").status_code == 422
    assert post(alice, address, outcome="approve", confirmed="yes").status_code == 302
    assert ReviewTask.objects.get(pk=task.pk).status == "closed"


# ---- a browser that is not known ----------------------------------------------------------------


def code_from(mails: MailServer) -> str:
    for pk in OutboxMessage.objects.filter(topic="codes.mail").values_list("pk", flat=True):
        assert outbox.send(pk)
    found = re.search(r"^(\d{4} \d{4})\s*$", mails.said("plain"), re.MULTILINE)
    assert found
    return found[1]


def test_a_link_that_was_passed_on_to_a_stranger_shows_nothing_and_decides_nothing(room: DeskRoom) -> None:
    task, stranger = room.case(cost_center="LAB-310-SECRET"), Client()
    address = link(room, task, room.people.alice)
    page = stranger.get(address).content.decode()
    assert ("Are you Alice Moreau?" in page, "LAB-310-SECRET" in page, "Three per cent" in page) == (True, False, False)
    sent = {"version": task.version, "shown": task.evidence_hash, "outcome": "approve"}
    assert stranger.post(address, sent).status_code == 403
    assert stranger.post(address, {"_method": "delete"}).status_code == 403
    stranger.head(address)
    assert not Decision.objects.exists()
    assert not OneTimeCode.objects.exists()  # a scanner that opens it sends no mail either


def test_a_code_from_the_addressees_mail_opens_it_there_from_then_on(room: DeskRoom, mails: MailServer) -> None:
    task, client = room.case(), Client()
    address = link(room, task, room.people.alice)
    assert "A code is on its way" in client.post(address, {"send": "yes"}).content.decode()
    code = code_from(mails)
    assert mails.recipients == ["alice@example.com"]
    assert client.post(address, {"code": "0000 0000"}).status_code == 422
    assert client.post(address, {"code": code}).status_code == 302
    assert post(client, address, outcome="approve").status_code == 302
    (told,) = [entry.data for entry in api.timeline(task.run_id) if entry.kind == "desk.decided"]
    assert (told["channel"], told["proved_by"]) == ("eml", "mailed_code")
    other = link(room, room.case(), room.people.alice)
    assert "Are you Alice Moreau?" in Client().get(other).content.decode()
    assert Client().post(other, {"code": code}).status_code == 422  # a code works once
    assert "Are you" not in client.get(other).content.decode()


def test_a_code_is_one_persons_for_ten_minutes(room: DeskRoom, mails: MailServer) -> None:
    address = link(room, room.case(), room.people.alice)
    Client().post(address, {"send": "yes"})
    code = code_from(mails)
    others = link(room, room.case(), room.people.carol)
    assert Client().post(others, {"code": code}).status_code == 422
    room.clock.forward(minutes=11)
    assert Client().post(address, {"code": code}).status_code == 422


def test_codes_are_neither_guessed_nor_sent_without_end(room: DeskRoom, mails: MailServer) -> None:
    address = link(room, room.case(), room.people.alice)
    sent = [Client().post(address, {"send": "yes"}).status_code for _ in range(6)]
    assert sent == [200] * 5 + [429]
    code = code_from(mails)
    for _ in range(15):
        assert Client().post(address, {"code": "1"}).status_code == 422
    assert Client().post(address, {"code": code}).status_code == 422


def test_another_password_ends_what_browsers_are_known_for(room: DeskRoom) -> None:
    alice, client = room.people.alice, Client()
    knows(client, alice)
    address = link(room, room.case(), alice)
    assert "Are you" not in client.get(address).content.decode()
    alice.set_password("another password altogether")
    alice.save()
    assert "Are you Alice Moreau?" in client.get(address).content.decode()


def test_in_a_browser_that_is_not_known_it_says_what_became_of_it(room: DeskRoom) -> None:
    task = room.case()
    address = link(room, task, room.people.alice)
    decide_task(task_id=task.pk, actor=room.people.carol, outcome="approve")
    page = Client().get(address)
    assert (page.status_code, "Carol Nyström decided “Approve”" in page.content.decode()) == (200, True)
    assert Client().post(address, {"send": "yes"}).status_code == 409


def test_a_field_is_corrected_there_too(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    assert 'name="fields.amount"' in client.get(address).content.decode()
    sent = {"outcome": "approve", "fields.amount": "900", "asked": "yes", "reason": "extraction"}
    assert post(client, address, **sent).status_code == 302
    assert Decision.objects.get().fields["amount"] == 900


def test_it_can_be_taken_back_on_the_same_page_while_it_is_held(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    post(client, address, outcome="approve")
    assert "Take it back" in client.get(address).content.decode()
    client.post(address, {"_method": "delete"})
    assert ReviewTask.objects.get(pk=task.pk).is_waiting
    assert Decision.objects.get().taken_back_at is not None


def test_nobody_decides_their_own_request_by_a_link_either(room: DeskRoom) -> None:
    task, client = room.case(requester="alice@example.com"), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    assert post(client, address, outcome="approve").status_code in (403, 422)
    assert not Decision.objects.exists()


def test_who_may_not_sign_in_any_more_decides_nothing(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    Person.objects.filter(pk=room.people.alice.pk).update(is_active=False)
    assert client.get(address).status_code == 404
    assert client.post(address, {"outcome": "approve"}).status_code == 404


def test_who_has_left_the_queue_is_shown_nothing_and_decides_nothing_with_an_old_link(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.alice)
    address = link(room, task, room.people.alice)
    sent = form(client, address)
    room.people.finance.memberships.filter(person=room.people.alice).delete()
    shown = client.get(address)
    assert (shown.status_code, "Northwind" in shown.content.decode()) == (403, False)
    assert client.post(address, {**sent, "outcome": "approve"}).status_code == 403
    assert not Decision.objects.exists()


def test_a_mail_that_waits_does_not_leave_to_who_has_lost_their_role(room: DeskRoom, mails: MailServer) -> None:
    alice, bob = room.people.alice, room.people.bob
    Person.objects.filter(pk__in=(alice.pk, bob.pk)).update(email_verified_at=room.clock.system)
    task = room.case()
    ask(task, bob)
    claim_task(task_id=task.pk, actor=alice)
    DeskGateway().warn(str(task.run_id), task.key, "half", room.clock.process)
    room.people.finance.memberships.filter(person=alice).delete()
    for message in OutboxMessage.objects.order_by("pk"):
        outbox.send(message.pk)
    assert set(mails.recipients) == {bob.email}


def test_mallory_gets_nowhere_with_a_link_of_their_own(room: DeskRoom) -> None:
    address = link(room, room.case(), room.people.mallory)
    assert knows(Client(), room.people.mallory).post(address, {"outcome": "approve"}).status_code == 403


def test_somebody_who_was_asked_by_name_hears_how_it_ended(room: DeskRoom) -> None:
    task, client = room.case(), knows(Client(), room.people.mallory)
    ask(task, room.people.mallory)
    address = link(room, task, room.people.mallory)
    assert client.get(address).status_code == 200
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    room.forward(minutes=1)
    late = client.post(address, {"outcome": "reject"})
    assert (late.status_code, "Alice Moreau decided" in late.content.decode()) == (409, True)


# ---- the mail ------------------------------------------------------------------------------------


@pytest.fixture
def mails(settings: Settings) -> Any:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


def _send(notice: Notice) -> bool:
    return outbox.send(OutboxMessage.objects.get(key=f"mail:{notice.pk}:").pk)


def test_the_mail_carries_the_link_in_plain_text_and_in_html(room: DeskRoom, mails: MailServer) -> None:
    bob = room.people.bob
    Person.objects.filter(pk=bob.pk).update(email_verified_at=room.clock.system)
    task = room.case("<b>Northwind</b>\r\nBcc: eve@example.com")
    assert _send(ask(task, bob))

    (mail,) = mails.taken
    plain, html = mails.said("plain"), mails.said("html")
    (address,) = set(re.findall(r"http://[^/]+(/decide/[^/]+/)", plain))
    assert mails.recipients == ["bob@example.com"]
    assert address in html
    assert "&lt;b&gt;Northwind&lt;/b&gt;" in html
    assert "Bcc" not in mail
    assert post(knows(Client(), bob), address, outcome="approve").status_code == 302
    assert Decision.objects.get().by == bob


def test_a_mail_server_that_is_busy_gets_it_later_and_once(room: DeskRoom, mails: MailServer) -> None:
    mails.refusals = ["451 later"]
    notice = ask(room.case(), room.people.bob)
    assert not _send(notice)
    room.clock.forward(minutes=1)
    assert _send(notice)
    assert len(mails.taken) == 1


@pytest.mark.parametrize("change", ["unverified", "switched off", "excluded"])
def test_no_link_goes_to_whom_it_could_not_serve(
    room: DeskRoom, mails: MailServer, settings: Settings, change: str
) -> None:
    bob, task = room.people.bob, room.case()
    notice = ask(task, bob)
    verified = None if change == "unverified" else room.clock.system
    Person.objects.filter(pk=bob.pk).update(email_verified_at=verified)
    if change == "switched off":
        settings.MAIL_DECISION_HOURS = 0
    if change == "excluded":
        ReviewTask.objects.filter(pk=task.pk).update(excluded=["bob"])
    assert _send(notice)
    assert "/decide/" not in mails.said("plain")

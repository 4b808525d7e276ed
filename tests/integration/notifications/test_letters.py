"""Mails as mail programs read them: headers, parts, and stopping those like one that came."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client

from orchestration import api
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.notifications.ways import choose_ways, ways_of
from reviewhub.reviews.services import claim_task
from tests.integration.notifications.test_notices import reach, warn
from tests.support.bench import StandingClock
from tests.support.cast import Cast
from tests.support.smtp_server import MailServer, mail_server
from tests.support.tasks import opened


@pytest.fixture
def server(settings: pytest.FixtureRequest) -> Iterator[MailServer]:
    with mail_server() as listening:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.host, listening.port  # type: ignore[attr-defined]
        yield listening


def stop_address(sent: mail.EmailMessage) -> str:
    found = re.fullmatch(r"<http://[^/]+(/notices/mails/[^>]+)>", str(sent.extra_headers["List-Unsubscribe"]))
    assert found
    return found[1]


def test_mails_about_one_task_stand_together_and_each_has_its_number(people: Cast) -> None:
    task = claim_task(task_id=opened().pk, actor=people.alice)
    warn(task, "half")
    warn(task, "breach")
    outbox.send_due()
    first, second = (sent.message() for sent in mail.outbox)
    assert first["References"] == second["References"] == first["In-Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    assert {each["Auto-Submitted"] for each in (first, second)} == {"auto-generated"}


@pytest.mark.parametrize("title", ["A\r\nBcc: eve@example.com", "A\n\nbody", "A\x85B\u2028C", "é" * 400, "\u202eevil"])
def test_no_title_makes_a_header(people: Cast, server: MailServer, title: str) -> None:
    reach(opened(title=title[:300]), people.bob)
    outbox.send_due()
    (taken,) = server.taken
    assert server.recipients == ["bob@example.com"]
    assert taken["Bcc"] is None
    assert len(taken["Subject"].splitlines()) == 1


def test_one_post_stops_mails_of_the_kind_and_a_get_stops_none(people: Cast) -> None:
    reach(opened(), people.bob)
    outbox.send_due()
    (sent,) = mail.outbox
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address, client = stop_address(sent), Client(enforce_csrf_checks=True)
    assert "No more mails of “You are asked”?" in client.get(address).content.decode()
    assert ways_of([people.bob])[people.bob.pk].of("mail", "asked") == "pending"
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    ways = ways_of([people.bob])[people.bob.pk]
    assert (ways.of("mail", "asked"), ways.of("mail", "breach"), ways.of("push", "asked")) == ("off", "pending", "now")
    assert client.post(address[:-3] + "x/").status_code == 404


def test_stopping_digests_stops_what_came_in_them(people: Cast, clock: StandingClock) -> None:
    chosen = {"mail": {"asked": "digest", "half": "now"}}
    choose_ways(actor=people.bob, mail_after=15, digest_hours=[16], chosen=chosen)
    reach(opened(), people.bob)
    clock.forward(hours=4)
    outbox.send_due()
    Client().post(stop_address(mail.outbox[0]))
    ways = ways_of([people.bob])[people.bob.pk]
    assert (ways.of("mail", "asked"), ways.of("mail", "half"), ways.digest_hours) == ("off", "now", (16,))


def test_who_has_no_address_is_sent_no_mail(people: Cast) -> None:
    Person.objects.filter(pk=people.bob.pk).update(email="")
    reach(opened(), Person.objects.get(pk=people.bob.pk))
    outbox.send_due()
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_seen_on_the_page_of_what_is_stuck_and_gets_it_once(
    people: Cast, server: MailServer, clock: StandingClock
) -> None:
    reach(opened(), people.bob)
    server.refusals = ["421 down"] * 4
    for _ in range(4):
        outbox.send_due()
        clock.forward(hours=1)
    (found,) = api.stuck("message")
    assert "The mail server did not take it" in found.why
    outbox.send_due()
    clock.forward(hours=2)
    outbox.send_due()
    assert len(server.taken) == 1
    assert api.stuck("message") == []

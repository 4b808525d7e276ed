"""Reviews for other systems are told in signed callbacks."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from standardwebhooks import Webhook

from orchestration import api
from orchestration.models import OutboxMessage
from orchestration.runtime import outbox, sweeper
from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.requested.callbacks import is_beneath
from reviewhub.reviews.services import decide_task
from tests.integration.api.office import SECRET, Caller, Office
from tests.integration.api.requested import asked, closed, error_of, task_of, work
from tests.support.bench import StandingClock
from tests.support.receiver import Receiver


def test_the_answer_is_told_in_a_signed_callback(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve", fields={"amount": 100})
    assert system.taken == []

    closed(clock)
    headers, body = system.taken[0]
    told = system.told[0]
    assert headers["webhook-signature"] == Webhook(SECRET).sign(headers["webhook-id"], clock.system, body.decode())
    assert (told["type"], told["data"]["outcome"], told["data"]["fields"]) == (
        "review.decided",
        "approve",
        {"amount": 100},
    )
    assert (told["data"]["id"], told["data"]["metadata"]) == (review["id"], {"thread": "t-1"})
    assert told["data"]["decided_by"]["username"] == "alice"
    assert shop.get(review["url"]).json()["called_back"] is True


def test_a_callback_is_tried_again_under_the_same_id_until_it_is_taken(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    system.answers = [503, 500, 429]
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")

    closed(clock)
    for _ in range(3):
        assert shop.get(review["url"]).json()["called_back"] is False
        clock.forward(seconds=60)
        sweeper.fire_timers()
        work()

    assert len(system.taken) == 4
    assert len({headers["webhook-id"] for headers, _ in system.taken}) == 1
    assert len({body for _, body in system.taken}) == 1
    assert shop.get(review["url"]).json()["called_back"] is True


def test_a_callback_that_is_refused_for_good_comes_before_a_person(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    system.answers = [404]
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)

    assert "404" in error_of(review)["message"]
    assert api.stuck_counts()["incident"] == 1


def test_a_connection_that_was_switched_off_meanwhile_is_not_called(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    review = asked(shop, callback_url=system.url)
    api.connections().filter(name="shop-back").update(enabled=False)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)

    assert system.taken == []
    assert error_of(review)["code"] == "callback_not_allowed"


def test_outside_a_demo_nobody_makes_us_call_this_machine(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock, settings: Settings
) -> None:
    review = asked(shop, callback_url=system.url)
    settings.DEMO = False
    api.connections().filter(name="shop-back").update(base_url=system.url.replace("http:", "https:"))
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)

    assert system.taken == []
    assert ReviewTask.objects.filter(run_id=review["id"], kind="incident").exists()


def test_a_withdrawal_is_told_too(office: Office, shop: Caller, system: Receiver) -> None:
    review = asked(shop, callback_url=system.url)
    shop.delete(review["url"])
    outbox.send(OutboxMessage.objects.get(topic="reviews.callback").pk)

    assert (system.told[0]["type"], system.told[0]["data"]["state"]) == ("review.withdrawn", "withdrawn")


@pytest.mark.parametrize(
    ("url", "base", "beneath"),
    [
        ("https://a.example/hooks/1", "https://a.example", True),
        ("https://a.example/hooks/1", "https://a.example/hooks", True),
        ("https://a.example/hooks", "https://a.example/hooks/", True),
        ("https://a.example/hooksy", "https://a.example/hooks", False),
        ("https://a.example/hooks/../admin", "https://a.example/hooks", False),
        ("https://a.example/hooks/%2E%2e/admin", "https://a.example/hooks", False),
        ("http://a.example/hooks", "https://a.example/hooks", False),
        ("https://a.example:8443/", "https://a.example/", False),
        ("https://a.example@evil.example/", "https://a.example/", False),
        ("https://evil.example/https://a.example/", "https://a.example/", False),
        ("https://a.example\\@evil.example/", "https://a.example/", False),
        ("https://a.example:x/", "https://a.example/", False),
        ("https://a.example.evil.example/", "https://a.example", False),
        ("https:///hooks", "", False),
    ],
)
def test_an_address_lies_beneath_another_or_not(url: str, base: str, beneath: bool) -> None:
    assert is_beneath(url, base) is beneath


def test_while_the_secret_is_changed_both_sign(
    office: Office, shop: Caller, system: Receiver, clock: StandingClock
) -> None:
    new = "whsec_" + "bmV3" * 10
    known = api.connections().get(name="shop-back")
    api.save_connection(
        name="shop-back", kind="callback", base_url=known.base_url, secret=f"{new} {SECRET}", actor=api.SYSTEM
    )
    review = asked(shop, callback_url=system.url)
    decide_task(task_id=task_of(review).pk, actor=office.alice, outcome="approve")
    closed(clock)
    (headers, body), *_ = system.taken
    signatures = headers["webhook-signature"].split()
    signed = [Webhook(each).sign(headers["webhook-id"], clock.system, body.decode()) for each in (new, SECRET)]
    assert signatures == signed

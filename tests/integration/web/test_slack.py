"""Told and deciding in Slack: by whoever is linked, once, by the same rules, on a message that goes stale visibly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from orchestration import api
from orchestration.models import OutboxMessage
from orchestration.runtime import outbox
from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.acts import Tap, value_of
from reviewhub.notifications.models import ChatIdentity, Delivery
from reviewhub.notifications.ways import choose_ways
from reviewhub.reviews.models import Decision, ReviewTask
from reviewhub.reviews.services import claim_task, decide_task, take_back_decision
from tests.integration.web.conftest import SignedIn
from tests.integration.web.test_linked import ask
from tests.support.desk_room import DeskRoom
from tests.support.slack_server import SECRET, TOKEN, Chat, signed, slack_server, tapped

CHANNEL_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def chat(room: DeskRoom, settings: Settings) -> Iterator[Chat]:
    """Bob and Alice are linked."""
    with slack_server() as server:
        settings.SLACK_BOT_TOKEN, settings.SLACK_SIGNING_SECRET = TOKEN, SECRET
        settings.SLACK_API_URL = server.url
        ChatIdentity.objects.create(person=room.people.bob, member="UBOB")
        ChatIdentity.objects.create(person=room.people.alice, member="UALICE")
        yield server


def send_all() -> None:
    for message in OutboxMessage.objects.order_by("pk"):
        if message.payload.get("channel") != "mail":
            outbox.send(message.pk)


def told(room: DeskRoom, **case: Any) -> ReviewTask:
    """A case that Bob has been asked about, in the chat."""
    task = room.case("<Northwind> & *co*", **case)
    ask(task, room.people.bob)
    send_all()
    return task


def value(chat: Chat, label: str) -> str:
    (message,) = chat.messages.values()
    buttons = [each for block in message["blocks"] if block["type"] == "actions" for each in block["elements"]]
    return next(str(button["value"]) for button in buttons if button["text"]["text"] == label)


def tap(room: DeskRoom, body: bytes, **headers: str) -> Any:
    return Client().post(
        "/chat/slack/", body, content_type=CHANNEL_TYPE, headers=headers or signed(body, room.clock.system)
    )


def test_whoever_is_linked_is_told_with_a_button_for_each_outcome(room: DeskRoom, chat: Chat) -> None:
    told(room)
    (message,) = chat.messages.values()
    assert message["channel"] == "DUBOB"
    assert "&lt;Northwind&gt; &amp;" in message["blocks"][0]["text"]["text"]
    assert [each["text"]["text"] for each in message["blocks"][2]["elements"]] == [
        "Approve",
        "Reject",
        "Refer to the board",
        "Open",
    ]
    assert "Three per cent" not in str(message)  # what the AI recommends, and why, is not said there


def test_a_tap_decides_and_the_message_says_so_from_then_on(room: DeskRoom, chat: Chat) -> None:
    task = told(room)
    assert tap(room, tapped(value(chat, "Approve"), "UBOB")).status_code == 200
    decision = Decision.objects.get()
    assert (decision.by, decision.channel, decision.evidence_hash) == (room.people.bob, "cht", task.evidence_hash)
    assert decision.ai_was_seen is False

    send_all()
    (message,) = chat.messages.values()
    assert "Bob Tan decided “Approve”" in message["text"]
    assert "decide.0" not in str(message)


def test_taking_it_back_at_the_desk_brings_the_buttons_back(room: DeskRoom, chat: Chat) -> None:
    task = told(room)
    tap(room, tapped(value(chat, "Approve"), "UBOB"))
    send_all()
    take_back_decision(task_id=task.pk, actor=room.people.bob)
    send_all()
    assert tap(room, tapped(value(chat, "Approve"), "UBOB", action_ts="2.2")).status_code == 200
    assert Decision.objects.filter(taken_back_at=None).count() == 1


def test_the_same_tap_sent_again_counts_once(room: DeskRoom, chat: Chat) -> None:
    told(room)
    body = tapped(value(chat, "Approve"), "UBOB")
    tap(room, body)
    tap(room, body)
    assert Decision.objects.count() == 1


def test_whoever_is_second_is_told_what_happened(room: DeskRoom, chat: Chat) -> None:
    task = told(room)
    approve = value(chat, "Approve")
    decide_task(task_id=task.pk, actor=room.people.alice, outcome="approve")
    assert tap(room, tapped(approve, "UBOB")).status_code == 200
    send_all()
    assert "Alice Moreau decided “Approve”" in chat.whispers[0][2]
    assert "Alice Moreau decided “Approve”" in next(iter(chat.messages.values()))["text"]
    assert Decision.objects.count() == 1


def test_a_message_that_was_passed_on_decides_for_nobody_else(room: DeskRoom, chat: Chat) -> None:
    told(room)
    approve = value(chat, "Approve")
    for member in ("UALICE", "UEVE"):
        tap(room, tapped(approve, member))
    send_all()
    assert [whisper[1] for whisper in chat.whispers] == ["UALICE", "UEVE"]
    assert not Decision.objects.exists()


def test_what_needs_a_reason_or_a_confirmation_leads_to_the_page(room: DeskRoom, chat: Chat) -> None:
    task = told(room, amount=50_000)
    tap(room, tapped(value(chat, "Approve"), "UBOB"))
    tap(room, tapped(value(chat, "Reject"), "UBOB"))
    send_all()
    assert len(chat.whispers) == 2
    assert all(f"/tasks/{task.pk}/" in text for _, _, text in chat.whispers)
    assert not Decision.objects.exists()


def test_what_has_changed_since_is_told_and_does_not_count(room: DeskRoom, chat: Chat) -> None:
    task = told(room)
    claim_task(task_id=task.pk, actor=room.people.bob)
    tap(room, tapped(value(chat, "Approve"), "UBOB"))
    send_all()
    assert "has changed since it was shown" in chat.whispers[0][2]
    assert not Decision.objects.exists()


def test_nobody_decides_their_own_request_in_the_chat(room: DeskRoom, chat: Chat) -> None:
    task = room.case(requester="alice@example.com")
    forged = value_of(Tap(task.pk, room.people.alice.pk, "approve", task.version, task.evidence_hash))
    tap(room, tapped(forged, "UALICE"))
    assert not Decision.objects.exists()


@pytest.mark.parametrize("fault", ["no headers", "another secret", "another body", "too old", "from the future"])
def test_what_slack_has_not_just_signed_is_refused(room: DeskRoom, chat: Chat, fault: str) -> None:
    told(room)
    body = tapped(value(chat, "Approve"), "UBOB")
    now = room.clock.system
    headers = {
        "no headers": {"X-Other": "1"},
        "another secret": signed(body, now, "guessed"),
        "another body": signed(body + b"&x=1", now),
        "too old": signed(body, now - timedelta(seconds=301)),
        "from the future": signed(body, now + timedelta(seconds=301)),
    }[fault]
    assert tap(room, body, **headers).status_code == 401
    assert not Decision.objects.exists()


@pytest.mark.parametrize("body", [b"", b"payload=x", b"payload=[]", b"payload=%7B%22type%22%3A%22block_actions%22%7D"])
def test_what_makes_no_sense_is_answered_and_does_nothing(room: DeskRoom, chat: Chat, body: bytes) -> None:
    assert tap(room, body).status_code == 200


def test_a_value_that_we_have_not_signed_does_nothing(room: DeskRoom, chat: Chat) -> None:
    told(room)
    tap(room, tapped(value(chat, "Approve")[:-2], "UBOB"))
    assert not Decision.objects.exists()


def test_slack_that_is_down_hears_of_it_later(room: DeskRoom, chat: Chat) -> None:
    chat.faults = ["http_503"]
    told(room)
    assert chat.messages == {}
    room.clock.forward(minutes=1)
    send_all()
    assert len(chat.messages) == Delivery.objects.count() == 1


def test_nothing_is_said_in_a_chat_that_is_off_or_not_set_up(room: DeskRoom, chat: Chat, settings: Settings) -> None:
    choose_ways(actor=room.people.bob, mail_after=15, digest_hours=[8], chosen={"chat": {"asked": "off"}})
    told(room)
    settings.SLACK_BOT_TOKEN = ""
    ask(room.case(), room.people.bob)
    assert not OutboxMessage.objects.filter(payload__channel="chat").exists()
    assert Client().post("/chat/slack/", b"", content_type=CHANNEL_TYPE).status_code == 404


# ---- linking oneself -----------------------------------------------------------------------------


def typed(room: DeskRoom, text: str, member: str = "UEVE", **headers: str) -> Any:
    body = urlencode({"command": "/reviewhub", "text": text, "user_id": member, "team_id": "T1"}).encode()
    return Client().post(
        "/chat/slack/", body, content_type=CHANNEL_TYPE, headers=headers or signed(body, room.clock.system)
    )


def code_of(client: Client) -> str:
    found = re.search(r"/reviewhub ([A-Z0-9]{8})<", client.post("/notices/slack/").content.decode())
    assert found
    return found[1]


def chain(person: Person) -> list[str]:
    return [entry.kind for entry in api.chain_entries(f"person:{person.username}")]


def test_somebody_links_themselves_by_a_code_and_ends_it(room: DeskRoom, chat: Chat, signed_in: SignedIn) -> None:
    carol = signed_in(room.people.carol)
    code = code_of(carol)
    answer = typed(room, code.lower())
    assert (answer.json()["response_type"], "as Carol Nyström" in answer.json()["text"]) == ("ephemeral", True)
    assert ChatIdentity.objects.get(person=room.people.carol).member == "UEVE"
    assert "UEVE" in carol.get("/notices/slack/").content.decode()

    assert "no code of ours" in typed(room, code, member="UMALLORY").json()["text"]  # once
    carol.post("/notices/slack/", {"_method": "delete"})
    assert not ChatIdentity.objects.filter(person=room.people.carol).exists()
    assert chain(room.people.carol) == ["chat_identity.linked", "chat_identity.unlinked"]


def test_a_code_is_worth_nothing_late_unsigned_or_for_whom_somebody_else_is(
    room: DeskRoom, chat: Chat, signed_in: SignedIn
) -> None:
    carol = signed_in(room.people.carol)
    code = code_of(carol)
    assert typed(room, code, **{"X-Other": "1"}).status_code == 401
    assert "another account" in typed(room, code, member="UBOB").json()["text"]
    late = code_of(carol)
    room.clock.forward(minutes=11)
    for text in (late, "", "help", "ABCDEFGH"):
        assert "no code of ours" in typed(room, text).json()["text"]
    assert not ChatIdentity.objects.filter(person=room.people.carol).exists()


def test_a_page_for_linking_is_there_where_a_chat_is_and_for_whoever_signed_in(
    room: DeskRoom, chat: Chat, signed_in: SignedIn, settings: Settings
) -> None:
    carol = signed_in(room.people.carol)
    assert "/notices/slack/" in carol.get("/notices/ways/").content.decode()
    assert Client().get("/notices/slack/")["Location"].startswith("/sign-in/")
    assert [carol.post("/notices/slack/").status_code for _ in range(6)] == [200] * 5 + [429]
    settings.SLACK_BOT_TOKEN = ""
    assert carol.get("/notices/slack/").status_code == 404
    assert "/notices/slack/" not in carol.get("/notices/ways/").content.decode()

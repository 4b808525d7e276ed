"""What every chat service does, on the fake and on Slack's adapter against a server that speaks Slack's protocol."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from reviewhub.notifications.chat.port import Card, ChatService, ChatUnavailable, Posted
from reviewhub.notifications.chat.slack import Slack
from tests.support.slack_server import TOKEN, Chat, FakeChat, slack_server

CARD = Card("A case", [{"type": "section", "text": {"type": "mrkdwn", "text": "A case"}}])
SETTLED = Card("It is settled", [])


@pytest.fixture(params=["fake", "slack"])
def both(request: pytest.FixtureRequest, settings: Settings) -> Iterator[tuple[ChatService, Chat]]:
    with slack_server() as chat:
        settings.SLACK_BOT_TOKEN, settings.SLACK_API_URL = TOKEN, chat.url
        yield (FakeChat(chat) if request.param == "fake" else Slack()), chat


def test_what_is_posted_stands_there_and_can_be_changed(both: tuple[ChatService, Chat]) -> None:
    service, chat = both
    posted = service.post("UALICE", CARD)
    assert chat.messages[posted.ts]["blocks"] == CARD.blocks
    service.update(posted, SETTLED)
    assert [message["text"] for message in chat.messages.values()] == ["It is settled"]


def test_a_whisper_is_for_one_person(both: tuple[ChatService, Chat]) -> None:
    service, chat = both
    service.whisper("DUALICE", "UALICE", "Too late.")
    assert chat.whispers == [("DUALICE", "UALICE", "Too late.")]


@pytest.mark.parametrize("fault", ["ratelimited", "internal_error", "invalid_auth"])
def test_what_is_refused_is_said_and_nothing_stands_there(both: tuple[ChatService, Chat], fault: str) -> None:
    service, chat = both
    chat.faults = [fault]
    with pytest.raises(ChatUnavailable):
        service.post("UALICE", CARD)
    assert chat.messages == {}


def test_a_member_or_a_message_that_is_not_there_is_refused(both: tuple[ChatService, Chat]) -> None:
    service, _ = both
    with pytest.raises(ChatUnavailable):
        service.post("nobody", CARD)
    with pytest.raises(ChatUnavailable):
        service.update(Posted("DUALICE", "1.0"), SETTLED)


@pytest.mark.parametrize("fault", ["http_429", "http_500", "http_302"])
def test_slack_that_is_down_is_asked_again_later(settings: Settings, fault: str) -> None:
    with slack_server() as chat:
        settings.SLACK_BOT_TOKEN, settings.SLACK_API_URL = TOKEN, chat.url
        chat.faults = [fault]
        with pytest.raises(ChatUnavailable):
            Slack().post("UALICE", CARD)
    with pytest.raises(ChatUnavailable):
        Slack().post("UALICE", CARD)

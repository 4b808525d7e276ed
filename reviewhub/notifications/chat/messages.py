"""Messages in the chat, from the outbox: posted once for a notice, changed when the task needs nobody any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration import api
from orchestration.api import on_topic
from reviewhub.notifications.chat.cards import card_of
from reviewhub.notifications.chat.port import ChatService, Posted
from reviewhub.notifications.chat.slack import Slack, is_configured
from reviewhub.notifications.models import ChatIdentity, ChatMessage, Notice
from reviewhub.reviews.announcements import Fact

POSTS, UPDATES, WHISPERS = "chat.post", "chat.update", "chat.whisper"
CHANGES = frozenset({"decided", "closed", "withdrawn", "taken_back"})  # facts after which a message says something else

service: ChatService = Slack()


@on_topic(POSTS)
def post(payload: Mapping[str, Any], key: str) -> None:
    """Only to somebody who is linked, and only where the notice still tells something."""
    notice = Notice.objects.select_related("person", "task__queue").filter(pk=payload["notice"]).first()
    if notice is None or notice.task is None or not notice.still_tells or not notice.person.is_active:
        return
    known = ChatIdentity.objects.filter(person=notice.person).first()
    if known is None or ChatMessage.objects.filter(notice=notice).exists():
        return
    posted = service.post(known.member, card_of(notice.task, notice.person, notice.text))
    ChatMessage.objects.create(notice=notice, task=notice.task, channel=posted.channel, ts=posted.ts)


@on_topic(UPDATES)
def update(payload: Mapping[str, Any], key: str) -> None:
    """As the task stands now, whatever was the reason to look."""
    found = ChatMessage.objects.select_related("notice__person", "task__queue").filter(pk=payload["message"]).first()
    if found is not None:
        card = card_of(found.task, found.notice.person, found.notice.text)
        service.update(Posted(found.channel, found.ts), card)


@on_topic(WHISPERS)
def whisper(payload: Mapping[str, Any], key: str) -> None:
    service.whisper(payload["channel"], payload["member"], payload["text"])


def listen(fact: Fact) -> None:
    """Bound to `reviewhub.reviews.announcements.when_told`. No query where no chat was set up."""
    if fact.kind not in CHANGES or not is_configured():
        return
    for message in ChatMessage.objects.filter(task=fact.task).values_list("pk", flat=True):
        key = f"chat:{message}:{fact.task.version}:{fact.kind}"
        api.send_later(topic=UPDATES, key=key, payload={"message": message})


def say(*, channel: str, member: str, text: str, key: str) -> None:
    """Tells somebody alone, in the caller's transaction. The same key is said once."""
    payload = {"channel": channel, "member": member, "text": text}
    api.send_later(topic=WHISPERS, key=key, payload=payload)

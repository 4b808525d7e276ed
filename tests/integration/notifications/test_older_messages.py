"""What waits in the outbox from before mail, push and chat had one port is carried over, once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from orchestration import api
from orchestration.models import OutboxMessage
from reviewhub.notifications.models import ChatIdentity, Notice
from tests.support.bench import NOON
from tests.support.cast import Cast
from tests.support.tasks import opened

OLDER = import_module("reviewhub.notifications.migrations.0011_messages_of_older_versions")


@pytest.fixture
def notice(people: Cast) -> Notice:
    return Notice.objects.create(person=people.alice, task=opened(), kind="asked", key="k", subject="Pens", at=NOON)


def carried(*messages: tuple[str, str, dict[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    for topic, key, payload in messages:
        api.send_later(topic=topic, key=key, payload=payload)
    OutboxMessage.objects.update(attempts=3)
    OLDER.carry_over(apps, None)
    rows = OutboxMessage.objects.order_by("pk")
    assert {row.attempts for row in rows} <= {3}
    return list(rows.values_list("topic", "key", "payload"))


def deliver(channel: str, notice: Notice, address: str) -> tuple[str, str, dict[str, Any]]:
    payload = {"notice": notice.pk, "channel": channel, "address": address}
    return "notices.deliver", f"{channel}:{notice.pk}:{address}", payload


def test_a_notice_by_mail_push_or_chat_is_addressed_anew(people: Cast, notice: Notice) -> None:
    ChatIdentity.objects.create(person=people.alice, member="U1")
    assert carried(
        ("notices.mail", "old-1", {"notice": notice.pk, "pending": True}),
        ("notices.push", "old-2", {"notice": notice.pk, "device": 7}),
        ("chat.post", "old-3", {"notice": notice.pk}),
    ) == [deliver("mail", notice, ""), deliver("push", notice, "7"), deliver("chat", notice, "U1")]


def test_a_trial_stays_a_trial_and_others_stay_as_they_are(db: None) -> None:
    other = ("chat.whisper", "w", {"channel": "C", "member": "U1", "text": "Late"})
    assert carried(("notices.push", "trial:7", {"notice": None, "device": 7}), other) == [
        ("push.trial", "trial:7", {"device": 7}),
        other,
    ]


def test_what_has_no_address_any_more_or_waits_already_is_dropped(people: Cast, notice: Notice) -> None:
    assert carried(
        deliver("mail", notice, ""),
        ("notices.mail", "old-1", {"notice": notice.pk}),
        ("chat.post", "old-2", {"notice": notice.pk}),
        ("chat.post", "old-3", {"notice": 999_999}),
        ("chat.update", "old-4", {"message": 1}),
    ) == [deliver("mail", notice, "")]
    OLDER.carry_over(apps, None)
    assert OutboxMessage.objects.count() == 1

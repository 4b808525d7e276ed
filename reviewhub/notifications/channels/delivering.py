"""Notices on their way over a channel: from the outbox, once, and only while they still tell something.

What stands somewhere and can be changed is changed when its task is settled, or is not settled any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration import api, ports
from orchestration.api import on_topic
from reviewhub.notifications.channels.known import channel_named, channels
from reviewhub.notifications.models import Delivery, Notice
from reviewhub.notifications.standing import may_be_told
from reviewhub.reviews.announcements import Fact

DELIVERIES, CHANGES = "notices.deliver", "notices.change"
SETTLING = frozenset({"decided", "closed", "withdrawn", "taken_back"})  # facts after which it says something else


def deliver_later(notice: Notice, channel: str, address: str, delay_seconds: float) -> None:
    payload = {"notice": notice.pk, "channel": channel, "address": address}
    key = f"{channel}:{notice.pk}:{address}"
    api.send_later(topic=DELIVERIES, key=key, payload=payload, delay_seconds=delay_seconds)


@on_topic(DELIVERIES)
def deliver(payload: Mapping[str, Any], key: str) -> None:
    """What the channel raises sends the message back to the outbox. Sent again, it says nothing twice."""
    channel, address = channel_named(payload["channel"]), payload["address"]
    notice = Notice.objects.select_related("person", "task__queue", "run").filter(pk=payload["notice"]).first()
    if channel is None or notice is None or not notice.person.is_active or not notice.still_tells:
        return
    if not may_be_told(notice):
        return
    if address not in channel.addresses_of([notice.person]).get(notice.person_id, ()):
        return
    if Delivery.objects.filter(notice=notice, channel=channel.name, address=address).exists():
        return
    place = channel.deliver(notice, address)
    now = ports.clock().system_now()
    Delivery.objects.create(notice=notice, channel=channel.name, address=address, place=place, at=now)


@on_topic(CHANGES)
def change(payload: Mapping[str, Any], key: str) -> None:
    """As the task stands now, whatever was the reason to look."""
    found = Delivery.objects.select_related("notice__person", "notice__task__queue").filter(pk=payload["delivery"])
    for delivery in found:
        if channel := channel_named(delivery.channel):
            channel.change(delivery.notice, delivery.place)


def listen(fact: Fact) -> None:
    """Bound to `reviewhub.reviews.announcements.when_told`. No query where nothing that was said can be changed."""
    changing = [channel.name for channel in channels() if channel.changes and channel.is_set_up()]
    if fact.kind not in SETTLING or not changing:
        return
    standing = Delivery.objects.filter(notice__task=fact.task, channel__in=changing).exclude(place="")
    for delivery in standing.values_list("pk", flat=True):
        key = f"{delivery}:{fact.task.version}:{fact.kind}"
        api.send_later(topic=CHANGES, key=key, payload={"delivery": delivery})

"""Many notices in one mail, at the hours that their reader chose. What was read or settled meanwhile is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils.translation import ngettext

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.accounts.models import Person
from reviewhub.notifications.letters import hand_over, letter
from reviewhub.notifications.mail import GATHERED, Mail, link_to, unsubscribe_address
from reviewhub.notifications.models import Delivery, Notice
from reviewhub.notifications.standing import may_be_told

DIGESTS = "notices.digest"


@on_topic(DIGESTS)
def send_digest(payload: Mapping[str, Any], key: str) -> None:
    """What came in between is told along. Sent again, it finds nothing that waits."""
    person = Person.objects.filter(pk=payload["person"], is_active=True).first()
    if person is None or not person.email:
        return
    waiting = Notice.objects.filter(person=person, in_digest=True)
    found = list(waiting.select_related("person", "task__queue", "run__workflow").order_by("at", "id"))
    told = [notice for notice in found if notice.still_tells and may_be_told(notice)]
    if told:
        hand_over(digest_of(person, told, key))
    _mark(found, told)


@transaction.atomic
def _mark(found: Sequence[Notice], told: Sequence[Notice]) -> None:
    now = ports.clock().system_now()
    Notice.objects.filter(pk__in=[notice.pk for notice in found]).update(in_digest=False)
    mailed = [Delivery(notice=notice, channel=Mail.name, at=now) for notice in told]
    Delivery.objects.bulk_create(mailed, ignore_conflicts=True)


def digest_of(person: Person, notices: Sequence[Notice], key: str) -> EmailMultiAlternatives:
    count = len(notices)
    context = {
        "person": person,
        "zone": person.timezone,
        "lines": [{"notice": notice, "link": link_to(notice)} for notice in notices],
        "all": f"{settings.PUBLIC_URL}/notices/",
    }
    said = ngettext("%(count)d notice from ReviewHub", "%(count)d notices from ReviewHub", count)
    return letter(
        to=person.email,
        subject=said % {"count": count},
        template="digest",
        context=context,
        number=key,
        unsubscribe=unsubscribe_address(person, GATHERED),
    )

"""Many notices in one mail, at the hours that their reader chose. What was read or settled meanwhile is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.accounts.models import Person
from reviewhub.notifications.mail import host, link_to
from reviewhub.notifications.models import Notice

DIGESTS = "notices.digest"


@on_topic(DIGESTS)
def send_digest(payload: Mapping[str, Any], key: str) -> None:
    """What came in between is told along. Sent again, it finds nothing that has not been mailed."""
    person = Person.objects.filter(pk=payload["person"], is_active=True).first()
    if person is None:
        return
    waiting = Notice.objects.filter(person=person, in_digest=True, mailed_at=None)
    found = list(waiting.select_related("task__queue", "run").order_by("at", "id"))
    told = [notice for notice in found if notice.still_tells]
    if told:
        digest_of(person, told, key).send()
    waiting.filter(pk__in=[notice.pk for notice in found]).update(mailed_at=ports.clock().system_now())


def digest_of(person: Person, notices: Sequence[Notice], key: str) -> EmailMultiAlternatives:
    count = len(notices)
    context = {
        "person": person,
        "zone": person.timezone,
        "lines": [{"notice": notice, "link": link_to(notice)} for notice in notices],
        "all": f"{settings.PUBLIC_URL}/notices/",
    }
    number = "".join(sign if sign.isalnum() else "-" for sign in key)
    mail = EmailMultiAlternatives(
        subject=ngettext("%(count)d notice from ReviewHub", "%(count)d notices from ReviewHub", count)
        % {"count": count},
        body=render_to_string("notifications/digest.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[person.email],
        headers={"Message-ID": f"<{number}@{host()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notifications/digest.html", context), "text/html")
    return mail

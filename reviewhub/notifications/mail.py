"""Mails, from the outbox. Sending the same key again does nothing; a notice that was read meanwhile still goes out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.notifications.models import Notice
from reviewhub.reviews.links import DecisionLink, decision_token
from reviewhub.reviews.services.holding import may_decide

TOPIC = "notices.mail"


@on_topic(TOPIC)
def send_notice(payload: Mapping[str, Any], key: str) -> None:
    """One mail for one notice. What the backend raises sends the message back to the outbox."""
    notice = Notice.objects.select_related("person", "task__queue", "run").filter(pk=payload["notice"]).first()
    if notice is None or notice.mailed_at is not None or not notice.person.is_active:
        return
    if payload.get("pending") and not notice.still_tells:
        return
    mail_of(notice, key).send()
    Notice.objects.filter(pk=notice.pk).update(mailed_at=ports.clock().system_now())


def mail_of(notice: Notice, key: str) -> EmailMultiAlternatives:
    """Plain text with an HTML part. What came from outside is escaped there, and on one line in the subject."""
    due = notice.task.due_at if notice.task is not None else notice.due_at
    about = {"notice": notice, "task": notice.task, "due": due}
    decide = {"decide": decision_address(notice), "hours": settings.MAIL_DECISION_HOURS}
    context = {**about, **decide, "zone": notice.person.timezone, "link": link_to(notice)}
    mail = EmailMultiAlternatives(
        subject=_one_line(f"{notice.get_kind_display()}: {notice.subject}"),
        body=render_to_string("notifications/notice.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[notice.person.email],
        headers={"Message-ID": f"<{key.replace(':', '-')}@{host()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notifications/notice.html", context), "text/html")
    return mail


def decision_address(notice: Notice) -> str:
    """Where the addressee decides without signing in; empty where they may not, or nothing is to be decided."""
    task, person = notice.task, notice.person
    able = bool(settings.MAIL_DECISION_HOURS) and person.email_verified_at is not None
    if not able or task is None or not may_decide(task, person):
        return ""
    until = ports.clock().system_now() + timedelta(hours=settings.MAIL_DECISION_HOURS)
    token = decision_token(DecisionLink(task.pk, person.pk, until))
    return f"{settings.PUBLIC_URL}{reverse('web:linked-decision', args=[token])}"


def link_to(notice: Notice) -> str:
    return f"{settings.PUBLIC_URL}{notice.address}"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]


def host() -> str:
    """The name that our messages are numbered under."""
    return settings.PUBLIC_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "reviewhub"

"""Questions to requesters, by mail: a link to a page where a person answers. Opening it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.notifications.mail import host
from reviewhub.reviews.links import information_token
from reviewhub.reviews.models import InformationRequest

QUESTIONS = "questions.mail"


@on_topic(QUESTIONS)
def send_question(payload: Mapping[str, Any], key: str) -> None:
    """One mail for one question; none for a question that was revoked before it left."""
    asked = InformationRequest.objects.select_related("task", "by").filter(pk=payload["request"]).first()
    if asked is None or not asked.is_open(ports.clock().system_now()):
        return
    context = {"asked": asked, "task": asked.task, "link": link_to(asked)}
    mail = EmailMultiAlternatives(
        subject=f"A question about {' '.join(asked.task.title.split())}"[:200],
        body=render_to_string("notifications/question.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[asked.to],
        reply_to=[asked.by.email] if asked.by.email else None,
        headers={"Message-ID": f"<{key.replace(':', '-')}@{host()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("notifications/question.html", context), "text/html")
    mail.send()


def link_to(asked: InformationRequest) -> str:
    return f"{settings.PUBLIC_URL}{reverse('web:question', args=(information_token(asked.pk),))}"

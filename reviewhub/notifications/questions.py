"""Questions to requesters, by mail: a link to a page where a person answers. Opening it changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from orchestration import ports
from orchestration.api import on_topic
from reviewhub.accounts.zones import zone_of
from reviewhub.notifications.letters import hand_over, letter
from reviewhub.reviews.links import information_token
from reviewhub.reviews.looks import STEP as SECOND_LOOK
from reviewhub.reviews.models import InformationRequest

QUESTIONS = "questions.mail"


@on_topic(QUESTIONS)
def send_question(payload: Mapping[str, Any], key: str) -> None:
    """One mail for one question; none for a question that was revoked before it left."""
    asked = InformationRequest.objects.select_related("task", "by").filter(pk=payload["request"]).first()
    if asked is None or not asked.to or not asked.is_open(ports.clock().system_now()):
        return
    again = asked.task.key == SECOND_LOOK
    hand_over(
        letter(
            to=asked.to,
            subject=_("A question about %(title)s") % {"title": asked.task.title},
            template="question",
            context={
                "again": again,
                "asked": asked,
                "task": asked.task,
                "link": link_to(asked),
                "zone": zone_of(asked.to),
            },
            number=key,
            about=f"task-{asked.task_id}",
            reply_to=[asked.by.email] if asked.by.email and not again else [],
        )
    )


def link_to(asked: InformationRequest) -> str:
    return f"{settings.PUBLIC_URL}{reverse('web:question', args=(information_token(asked.pk),))}"

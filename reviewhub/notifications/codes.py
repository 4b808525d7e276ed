"""A code by mail, for a browser that opens a link it does not know. It is never in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from orchestration import api
from orchestration.api import on_topic
from reviewhub.accounts.codes import LASTS, plan_code, spell
from reviewhub.accounts.models import OneTimeCode, Person
from reviewhub.notifications.letters import hand_over, letter

CODES = "codes.mail"


@transaction.atomic
def send_code(person: Person) -> None:
    """Raises TooManyCodes."""
    code = plan_code(person, OneTimeCode.Purpose.MAIL)
    api.send_later(topic=CODES, key=f"code-{code.pk}", payload={"code": code.pk})


@on_topic(CODES)
def mail_code(payload: Mapping[str, Any], key: str) -> None:
    code = OneTimeCode.objects.select_related("person").filter(pk=payload["code"]).first()
    if code is None or not code.person.is_active:
        return
    signs = spell(code)
    context = {"code": f"{signs[:4]} {signs[4:]}", "minutes": int(LASTS.total_seconds() // 60)}
    hand_over(letter(to=code.person.email, subject=_("Your code"), template="code", context=context, number=key))

"""A button that somebody tapped in Slack. The same rules answer as everywhere, and tell that person alone."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.chat.cards import Tap, tap_of
from reviewhub.notifications.chat.messages import say
from reviewhub.notifications.chat.slack import is_configured, is_signed
from reviewhub.reviews.exceptions import InvalidDecision, ReviewError
from reviewhub.reviews.models import Decision
from reviewhub.reviews.services import decide_task


@csrf_exempt  # Slack signs instead
@require_POST
def interaction(request: HttpRequest) -> HttpResponse:
    """Answered with 200 whatever came of it, as Slack wants: what was refused is told in the conversation."""
    if not is_configured():
        raise Http404
    if not is_signed(request.headers, request.body, ports.clock().system_now()):
        return HttpResponse(status=401)
    said = _payload(request)
    if said.get("type") == "block_actions":
        for action in said.get("actions") or ():
            _taken(said, action)
    return HttpResponse(status=200)


def _payload(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.POST.get("payload", ""))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _taken(said: dict[str, Any], action: dict[str, Any]) -> None:
    tap = tap_of(str(action.get("value", "")))
    if tap is None:  # a link, or nothing of ours
        return
    member = str((said.get("user") or {}).get("id", ""))
    channel = str((said.get("channel") or {}).get("id", ""))
    key = hashlib.sha256(f"{member}:{action.get('action_ts')}:{action.get('value')}".encode()).hexdigest()
    if refused := _decide(tap, member, key):
        with transaction.atomic():
            say(channel=channel, member=member, text=refused, key=f"chat:{key}")


def _decide(tap: Tap, member: str, key: str) -> str:
    """What is to be told instead; empty where it was taken. The same tap sent again is the same decision."""
    person = Person.objects.filter(chat_identity__member=member, is_active=True).first()
    if person is None:
        return _("You are not known here yet: ask an administrator to link your account.")
    if person.pk != tap.person_id:
        return _("This was put before somebody else: decide from your own queue.")
    try:
        decide_task(
            task_id=tap.task_id,
            actor=person,
            outcome=tap.outcome,
            expected_version=tap.version,
            evidence_hash=tap.shown,
            ai_was_seen=False,  # the message does not say it
            idempotency_key=key,
            channel=Decision.Channel.CHAT,
        )
    except InvalidDecision as error:
        where = f"{settings.PUBLIC_URL}{reverse('web:task', args=[tap.task_id])}"
        return _("%(what)s Do it on its page: %(where)s") % {"what": error, "where": where}
    except (ReviewError, PermissionDenied) as error:
        return str(error)
    return ""

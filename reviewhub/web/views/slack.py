"""A button that somebody tapped in Slack, or a code that they typed. The same rules answer as everywhere, and tell that
person alone."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from orchestration import ports
from reviewhub.accounts.models import Person
from reviewhub.notifications.channels.acts import Tap, take, tap_of
from reviewhub.notifications.chat.linking import link
from reviewhub.notifications.chat.slack import is_configured, is_signed
from reviewhub.notifications.chat.whispers import say
from reviewhub.reviews.models import Decision


@csrf_exempt  # Slack signs instead
@require_POST
def interaction(request: HttpRequest) -> HttpResponse:
    """Answered with 200 whatever came of it, as Slack wants: what was refused is told in the conversation."""
    if not is_configured():
        raise Http404
    if not is_signed(request.headers, request.body, ports.clock().system_now()):
        return HttpResponse(status=401)
    if "command" in request.POST:
        return _typed(request)
    said = _payload(request)
    if said.get("type") == "block_actions":
        for action in said.get("actions") or ():
            _taken(said, action)
    return HttpResponse(status=200)


def _typed(request: HttpRequest) -> HttpResponse:
    """`/reviewhub CODE`: somebody says who they are here. Only they see the answer."""
    words = request.POST.get("text", "").split()
    said = link(member=request.POST.get("user_id", ""), code=words[-1] if words else "")
    return JsonResponse({"response_type": "ephemeral", "text": said})


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
    """What is to be told instead; empty where it was taken."""
    person = Person.objects.filter(chat_identity__member=member, is_active=True).first()
    if person is None:
        return _("You are not known here yet: link yourself on your page “How you are told”.")
    return take(tap, person, key=key, channel=Decision.Channel.CHAT)

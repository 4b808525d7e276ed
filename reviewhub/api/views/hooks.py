"""Webhooks as Django serves them: every method, and whatever the route in front does not take (see hook_route.py)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from orchestration import api
from orchestration.exceptions import NotFound
from reviewhub.api.conf import WEBHOOK_MAX_BYTES
from reviewhub.api.hook_answers import SIGNED_HEADERS, answer_to
from reviewhub.api.parsing import read_bounded
from reviewhub.api.problems import Problem


@csrf_exempt
def receive(request: HttpRequest, path: str) -> HttpResponse:
    """A plain view: it needs no session, person or negotiation."""
    answer = answer_to(_taken(request, path), path)
    return JsonResponse(
        answer.said, status=answer.status, headers=dict(answer.headers), content_type=answer.content_type
    )


def _taken(request: HttpRequest, path: str) -> api.Taken | Exception:
    try:
        return _accepted(request, path)
    except Exception as error:  # noqa: BLE001 - the answer says what it is
        return error


def _accepted(request: HttpRequest, path: str) -> api.Taken:
    trigger = api.webhook_trigger(path)
    if trigger is None:
        raise NotFound("There is no webhook at this address.")
    if request.method != "POST":
        raise Problem(
            "method", f"A webhook is sent with POST, and not with {request.method}.", headers={"Allow": "POST"}
        )
    headers = {name: request.headers.get(name, "") for name in SIGNED_HEADERS}
    return api.accept_webhook(trigger=trigger, headers=headers, body=read_bounded(request, WEBHOOK_MAX_BYTES))

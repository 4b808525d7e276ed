"""Where webhooks come in. A plain view: it is the busiest address, and needs no session, person or negotiation."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from orchestration import api
from orchestration.exceptions import InvalidInput, NotFound, NotPublished
from reviewhub.api.conf import WEBHOOK_MAX_BYTES
from reviewhub.api.parsing import read_bounded
from reviewhub.api.problems import MEDIA_TYPE, Problem
from reviewhub.api.serializers.runs import run_url
from reviewhub.api.translation import problem_of

logger = logging.getLogger(__name__)

SIGNED_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
CHALLENGE = {"WWW-Authenticate": 'StandardWebhooks realm="ReviewHub"'}


@csrf_exempt
def receive(request: HttpRequest, path: str) -> HttpResponse:
    """202 with the address of the new run; 200 with that of the first one when the event was seen before."""
    try:
        return _started(request, path)
    except Exception as error:
        problem = _refusal(error)
        if problem is None:
            logger.exception("A webhook for %r broke.", path)
            problem = Problem("broken")
        return answer(problem)


def answer(problem: Problem) -> HttpResponse:
    return JsonResponse(problem.body(), status=problem.status_code, headers=problem.headers, content_type=MEDIA_TYPE)


def _started(request: HttpRequest, path: str) -> HttpResponse:
    trigger = api.webhook_trigger(path)
    if trigger is None:
        raise NotFound("There is no webhook at this address.")
    if request.method != "POST":
        raise Problem(
            "method", f"A webhook is sent with POST, and not with {request.method}.", headers={"Allow": "POST"}
        )
    body = read_bounded(request, WEBHOOK_MAX_BYTES)
    started = api.accept_webhook(trigger=trigger, headers=_signed_headers(request), body=body)
    address = run_url(started.run_id)
    said = {"run_id": started.run_id, "url": address, "created": started.created, "reason": started.reason}
    return JsonResponse(said, status=202 if started.created else 200, headers={"Location": address})


def _signed_headers(request: HttpRequest) -> Mapping[str, str]:
    return {name: request.headers.get(name, "") for name in SIGNED_HEADERS}


def _refusal(error: Exception) -> Problem | None:
    match error:
        case api.StaleSignature():
            return Problem("stale-signature", str(error), headers=CHALLENGE)
        case api.BadSignature():
            return Problem("signature", str(error), headers=CHALLENGE)
        case api.MalformedBody():
            return Problem("malformed", str(error))
        case api.TriggerNotReady():
            logger.warning("%s", error)
            return Problem("unavailable", str(error), headers={"Retry-After": "60"})
        case NotFound() | NotPublished():
            return Problem("not-found", str(error))
        case InvalidInput():
            return Problem("invalid", str(error), errors=error.faults)
        case _:
            return problem_of(error)

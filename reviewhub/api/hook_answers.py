"""What the sender of a webhook is told, whichever way the event came in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration import api
from orchestration.exceptions import InvalidInput, NotFound, NotPublished
from reviewhub.api.problems import MEDIA_TYPE, Problem
from reviewhub.api.translation import problem_of

logger = logging.getLogger(__name__)

SIGNED_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
RUNS = "/api/v1/runs/"  # a test compares it with the address that the router makes

_CHALLENGE = {"WWW-Authenticate": 'StandardWebhooks realm="ReviewHub"'}


@dataclass(frozen=True, slots=True)
class HookAnswer:
    status: int
    said: Mapping[str, Any]
    headers: Mapping[str, str]
    content_type: str = "application/json"


def answer_to(taken: api.Taken | Exception, path: str) -> HookAnswer:
    """202 with the address of the new run; 200 with that of the first one when the event was seen before. An event
    that is told to runs names those that have taken it or wait for it."""
    if isinstance(taken, Exception):
        return _refused(taken, path)
    if isinstance(taken, api.Sent):
        told = {"event_id": taken.event_id, "created": taken.created, "runs": taken.runs}
        return HookAnswer(202 if taken.created else 200, told, {})
    address = f"{RUNS}{taken.run_id}/"
    said = {"run_id": taken.run_id, "url": address, "created": taken.created, "reason": taken.reason}
    return HookAnswer(202 if taken.created else 200, said, {"Location": address})


def _refused(error: Exception, path: str) -> HookAnswer:
    problem = _problem(error)
    if problem is None:
        logger.error("A webhook for %r broke.", path, exc_info=error)
        problem = Problem("broken")
    return HookAnswer(problem.status_code, problem.body(), problem.headers, MEDIA_TYPE)


def _problem(error: Exception) -> Problem | None:
    match error:
        case api.StaleSignature():
            return Problem("stale-signature", str(error), headers=_CHALLENGE)
        case api.BadSignature():
            return Problem("signature", str(error), headers=_CHALLENGE)
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

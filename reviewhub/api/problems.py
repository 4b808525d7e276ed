"""Errors as `application/problem+json` (RFC 9457). Every kind is in one table, which the docs and the schema read."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProblemKind:
    status: int
    title: str
    meaning: str


PROBLEMS = MappingProxyType(
    {
        "malformed": ProblemKind(400, "The request cannot be read", "The body is not the JSON it has to be."),
        "unauthenticated": ProblemKind(401, "Sign in first", "No token or session came, or it is no longer good."),
        "signature": ProblemKind(401, "The signature is missing or wrong", "See the page on webhooks."),
        "stale-signature": ProblemKind(401, "The signature is stale", "Sign again, with the time of now."),
        "forbidden": ProblemKind(403, "You may not do this", "Your roles and queues do not allow it."),
        "insufficient-scope": ProblemKind(403, "The token may not do this", "Its kind or its scopes do not allow it."),
        "csrf": ProblemKind(403, "The CSRF token is missing or wrong", "A page's request has to send X-CSRFToken."),
        "not-found": ProblemKind(404, "Not found", "It does not exist, or you may not know of it."),
        "method": ProblemKind(405, "The method is not allowed here", "The header Allow names those that are."),
        "not-acceptable": ProblemKind(406, "No such representation", "The header Accept rules out JSON."),
        "conflict": ProblemKind(409, "Not in the present state", "The detail says what the state is."),
        "in-progress": ProblemKind(
            409, "The first request is under way", "Try again after the seconds of Retry-After."
        ),
        "stale": ProblemKind(412, "It has moved on", "If-Match names an older state; `happened` says what is now."),
        "too-large": ProblemKind(413, "The body is too large", "The detail names the limit."),
        "media-type": ProblemKind(415, "The media type is not taken here", "Send the Content-Type that is declared."),
        "invalid": ProblemKind(422, "The content is not valid", "`errors` names every fault with its path."),
        "workflow-faults": ProblemKind(422, "The workflow has faults", "`faults` names them all with their lines."),
        "key-reused": ProblemKind(
            422, "The key was used for another request", "An Idempotency-Key goes with one body."
        ),
        "precondition-required": ProblemKind(428, "If-Match is needed", "Send the ETag of the task you looked at."),
        "throttled": ProblemKind(429, "Too many requests", "Wait for the seconds of Retry-After."),
        "broken": ProblemKind(500, "Something broke on our side", "Nothing was changed. It has been logged."),
        "unavailable": ProblemKind(503, "Not available now", "Try again after the seconds of Retry-After."),
    }
)


class Problem(APIException):
    """An error answer. `members` are the problem's own fields beside the standard ones."""

    def __init__(self, kind: str, detail: str = "", *, headers: dict[str, str] | None = None, **members: Any) -> None:
        self.kind = kind
        self.status_code = PROBLEMS[kind].status
        self.headers = headers or {}
        self.members = members
        super().__init__(detail or PROBLEMS[kind].meaning)

    def body(self) -> dict[str, Any]:
        known = PROBLEMS[self.kind]
        about = {"type": f"/api/problems/{self.kind}/", "title": known.title, "status": known.status}
        return {**about, "detail": str(self.detail), **self.members}

    def response(self) -> Response:
        return Response(self.body(), status=self.status_code, headers=self.headers, content_type=MEDIA_TYPE)


def answer_error(error: Exception, context: dict[str, Any]) -> Response:
    """What DRF asks for every exception that leaves a view."""
    from reviewhub.api.translation import problem_of

    request: Request = context["request"]
    problem = problem_of(error)
    if problem is None:
        logger.error("The API broke at %s.", request.path.encode("unicode_escape").decode(), exc_info=error)
        problem = Problem("broken")
    response = problem.response()
    response.exception = True
    return response

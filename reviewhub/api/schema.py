"""The OpenAPI description. Errors are declared here once, from what a view says of itself."""

from __future__ import annotations

from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from reviewhub.api.fields import Shown
from reviewhub.api.problems import MEDIA_TYPE
from reviewhub.api.serializers.problems import ProblemShown

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    pattern="^[ -~]{1,255}$",
    description="The same key and body again get the first answer again, and act once. Kept for 24 hours.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    pattern='^(\\*|"[0-9]{1,9}")$',
    description="The ETag that was looked at. If it has changed since, the answer is 412 and nothing is done.",
)
IF_MATCH_REQUIRED = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    pattern='^"[0-9]{1,9}"$',
    description="The ETag of the task that the decision rests on.",
)

MEANINGS = {
    400: "The body cannot be read, or a header is malformed.",
    401: "No token or session, or it is no longer good.",
    403: "Not allowed to this person or token.",
    404: "It does not exist, or the caller may not know of it.",
    405: "The method is not allowed here.",
    406: "No such representation.",
    409: "Not in the present state.",
    412: "It has moved on since; `happened` says what is now.",
    413: "The body is too large.",
    415: "The media type is not taken here.",
    422: "Not valid; every fault is named with its path.",
    428: "If-Match is needed.",
    429: "Too many requests.",
    500: "Something broke on our side.",
    503: "Not available now.",
}
ALWAYS = (401, 403, 406, 429, 500, 503)


@cache
def paged(item: type[Shown]) -> type[Shown]:
    """The page of a list of these."""
    members: dict[str, Any] = {
        "items": item(many=True),
        "next": serializers.CharField(allow_null=True, help_text="The address of the next page."),
    }
    return type(f"{item.__name__}Page", (Shown,), members)


class Schema(AutoSchema):  # type: ignore[misc, unused-ignore]
    """Adds to each operation the errors that it may answer with."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        problem = {"schema": self.resolve_serializer(ProblemShown, direction).ref}
        for status in sorted(self._refusals()):
            response: dict[str, Any] = {"description": MEANINGS[status], "content": {MEDIA_TYPE: problem}}
            if headers := _headers(status):
                response["headers"] = headers
            responses[str(status)] = response
        return responses

    def _refusals(self) -> set[int]:
        own = getattr(self.view, "refusals", {}).get(self.method, ())
        found = {*ALWAYS, *own}
        if "{" in self.path:
            found.add(404)
        if self._takes("query"):
            found.add(422)
        if self.method in ("POST", "PUT") and self.get_request_serializer() is not None:
            found |= {400, 413, 415, 422}
        if self._takes("header"):
            found.add(400)
        if IDEMPOTENCY_KEY in self.get_override_parameters():
            found |= {409, 413, 415, 422}
        return found

    def _takes(self, where: str) -> bool:
        """Whether it has parameters in this place; a serializer stands for a query."""
        given = self.get_override_parameters()
        return any(each.location == where if isinstance(each, OpenApiParameter) else where == "query" for each in given)

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Pages are objects that are named in full."""
        return False


def _headers(status: int) -> dict[str, Any]:
    text = {"type": "string"}
    if status == 401:
        return {"WWW-Authenticate": {"schema": text, "description": "How to prove who you are."}}
    if status in (429, 503):
        return {"Retry-After": {"schema": {"type": "integer"}, "description": "In seconds."}}
    return {}


class _BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[misc, unused-ignore, no-untyped-call]
    target_class = "reviewhub.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "rhp_… or rhs_…"}


class _SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[misc, unused-ignore, no-untyped-call]
    target_class = "reviewhub.api.authentication.PageSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}

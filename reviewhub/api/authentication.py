"""Who calls: a bearer token, or the session of somebody who is signed in."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from orchestration.ports import clock
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import allows
from reviewhub.api.models import ApiToken
from reviewhub.api.tokens.secrets import looks_like_token
from reviewhub.api.tokens.selectors import token_with
from reviewhub.api.tokens.services import note_use


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer rhp_…`"""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_with(secret.strip()) if looks_like_token(secret.strip()) else None
        if token is None:
            raise AuthenticationFailed("There is no such token.")
        now = clock().system_now()
        if (status := token.status(now)) != "active":
            raise AuthenticationFailed(f"The token {token.hint}… is {status}.")
        _check_person(token)
        note_use(token, now)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="ReviewHub"'


class PageSession(SessionAuthentication):
    """The pages' own session. What changes something needs the CSRF token."""


def _check_person(token: ApiToken) -> None:
    """A token never outlives the rights of whoever made it."""
    if not token.person.is_active:
        raise AuthenticationFailed("The person behind this token may no longer sign in.")
    if token.kind == ApiToken.Kind.SERVICE and not allows(token.person, "service_token.create"):
        raise AuthenticationFailed("The person behind this token may no longer have tokens for systems.")

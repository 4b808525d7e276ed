"""In whose name a request acts, and what it may do.

A token has to have the scope, and its person the right: see reviewhub.accounts.permissions for the one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from orchestration.ports import Actor
from reviewhub.accounts import actors
from reviewhub.accounts.models import Person
from reviewhub.accounts.permissions import VERBS, require, service_allows
from reviewhub.api.models import ApiToken
from reviewhub.api.problems import Problem

SESSION_ONLY = "session"  # a person at a page, and no token


class ScopedAccess(BasePermission):
    """A view names the scope of each of its methods in `scopes`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        scopes: Mapping[str, str] = view.scopes
        scope = scopes.get("GET" if request.method == "HEAD" else request.method or "")
        if scope is not None and isinstance(request.auth, ApiToken):
            _check_scope(request.auth, scope)
        return True


def person_of(request: Request) -> Person:
    return cast("Person", request.user)


def service_of(request: Request) -> ApiToken | None:
    """The service token that calls, if one does."""
    token: Any = request.auth
    return token if isinstance(token, ApiToken) and token.kind == ApiToken.Kind.SERVICE else None


def actor_of(request: Request) -> Actor:
    """A service token acts in its own name, everything else in its person's."""
    if token := service_of(request):
        return Actor("token", str(token.pk), f"{token.name} (service token)")
    return actors.actor_of(person_of(request))


def require_right(request: Request, verb: str, subject: object = None) -> None:
    """Raises what the caller is told, unless the table of roles and verbs allows it."""
    if service_of(request) is None:
        require(person_of(request), verb, subject)
    elif not service_allows(verb):
        raise Problem("insufficient-scope", f"A service token may not {VERBS[verb].says}.")


def _check_scope(token: ApiToken, scope: str) -> None:
    if scope == SESSION_ONLY:
        raise Problem("insufficient-scope", "This takes a person who is signed in; a token cannot do it.")
    if scope not in token.scopes:
        challenge = f'Bearer realm="ReviewHub", error="insufficient_scope", scope="{scope}"'
        detail = f"The token lacks the scope {scope}."
        raise Problem("insufficient-scope", detail, headers={"WWW-Authenticate": challenge})

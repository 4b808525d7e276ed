"""How the demo's systems know their caller: the bearer token of the connection, as a real system would."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from orchestration import api
from orchestration.exceptions import NotFound

View = Callable[..., HttpResponse]


def called_with(connection: str) -> Callable[[View], View]:
    """Answers 401 to everybody who does not show the secret of `connection`."""

    def guard(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not _shows(request, connection):
                return refusal(401, "Show the token of this system.")
            return view(request, *args, **kwargs)

        return guarded

    return guard


def _shows(request: HttpRequest, connection: str) -> bool:
    try:
        secret = api.connection(connection).secret
    except NotFound:
        return False
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(secret) and compare_digest(shown.encode(), secret.encode())


def body_of(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object that was sent, or None."""
    try:
        found = json.loads(request.body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def refusal(status: int, message: str, **headers: str) -> HttpResponse:
    """In words: they end up before the person who has to look at a failed step."""
    return HttpResponse(message, status=status, headers=headers, content_type="text/plain; charset=utf-8")

"""`Idempotency-Key`: a request that is sent twice acts once, and both get the first answer.

The answer commits in one transaction with what the request did. So a process that dies in between leaves either
both or none, and whoever tries again under the same key completes it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import transaction
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from orchestration.ports import clock
from reviewhub.api.conf import IDEMPOTENCY_HOURS
from reviewhub.api.models import ApiToken, IdempotentAnswer
from reviewhub.api.problems import MEDIA_TYPE, Problem
from reviewhub.api.translation import problem_of

GIVEN_UP_AFTER = timedelta(seconds=60)  # a request that has not answered by then died with its process
KEPT_HEADERS = ("Location", "ETag", "Retry-After")

_View = TypeVar("_View", bound=APIView)
_Rest = ParamSpec("_Rest")
Handler = Callable[Concatenate[_View, Request, _Rest], Response]


def idempotent(handler: Handler[_View, _Rest]) -> Handler[_View, _Rest]:
    """Honours the header on this method of a view. The method must not act outside the database."""

    @wraps(handler)
    def once(view: _View, request: Request, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return handler(view, request, *args, **kwargs)
        held = _begin(owner_of(request), checked_key(key), _fingerprint(request))
        if held.status is not None:
            return _replayed(held)
        try:
            with transaction.atomic():
                response = _answered(lambda: handler(view, request, *args, **kwargs))
                _finish(held, response)
                return response
        except BaseException:
            IdempotentAnswer.objects.filter(pk=held.pk, started_at=held.started_at, status=None).delete()
            raise

    return once


def owner_of(request: Request) -> str:
    token: Any = request.auth
    return f"token:{token.pk}" if isinstance(token, ApiToken) else f"person:{request.user.pk}"


def checked_key(key: str) -> str:
    if not 1 <= len(key) <= 255 or not key.isprintable() or not key.isascii():
        raise Problem("malformed", "An Idempotency-Key has 1 to 255 printable ASCII characters.")
    return key


def _fingerprint(request: Request) -> str:
    asked = [request.method, request.get_full_path(), request.data]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _begin(owner: str, key: str, fingerprint: str) -> IdempotentAnswer:
    """The answer to replay, or a row of our own to fill: its status is none."""
    now = clock().system_now()
    _forget_old(now)
    fresh = {"fingerprint": fingerprint, "started_at": now}
    found, created = IdempotentAnswer.objects.get_or_create(owner=owner, key=key, defaults=fresh)
    if created:
        return found
    if found.fingerprint != fingerprint:
        raise Problem("key-reused")
    if found.status is None:
        _take_over(found, now)
    return found


def _take_over(found: IdempotentAnswer, now: datetime) -> None:
    """Goes on where a process died. Only one can: the others see that `started_at` has moved."""
    dead = found.started_at < now - GIVEN_UP_AFTER
    mine = IdempotentAnswer.objects.filter(pk=found.pk, started_at=found.started_at, status=None)
    if not (dead and mine.update(started_at=now)):
        raise Problem("in-progress", headers={"Retry-After": "1"})
    found.started_at = now


def _answered(act: Callable[[], Response]) -> Response:
    """The response, refusals too. Services undo what they refuse, and may record that they did. Faults go on up."""
    try:
        return act()
    except Exception as error:
        problem = problem_of(error)
        if problem is None or problem.status_code >= 500:
            raise
        return problem.response()


def _finish(held: IdempotentAnswer, response: Response) -> None:
    kept = {name: response[name] for name in KEPT_HEADERS if name in response}
    body = JSONRenderer().render(response.data).decode()
    mine = IdempotentAnswer.objects.filter(pk=held.pk, started_at=held.started_at, status=None)
    if not mine.update(status=response.status_code, headers=kept, body=body):
        raise Problem("in-progress", headers={"Retry-After": "1"})


def _replayed(found: IdempotentAnswer) -> Response:
    status = found.status or 200
    data = json.loads(found.body) if found.body else None
    headers = {**found.headers, "Idempotency-Replayed": "true"}
    return Response(data, status=status, headers=headers, content_type=MEDIA_TYPE if status >= 400 else None)


def _forget_old(now: datetime) -> None:
    IdempotentAnswer.objects.filter(started_at__lt=now - timedelta(hours=IDEMPOTENCY_HOURS)).delete()

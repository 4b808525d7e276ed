"""What each exception is for the caller of the API."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from rest_framework import exceptions as drf

from orchestration import exceptions as engine
from reviewhub.api.problems import Problem
from reviewhub.api.tokens.services import InvalidToken
from reviewhub.notifications.ways import InvalidWays
from reviewhub.reviews import exceptions as desk


def problem_of(error: Exception) -> Problem | None:
    """The problem to answer with; none where the fault is ours."""
    if isinstance(error, Problem):
        return error
    for kinds, translate in _TRANSLATIONS:
        if isinstance(error, kinds):
            problem: Problem = translate(error)
            return problem
    return None


def _said(kind: str) -> Any:
    return lambda error: Problem(kind, str(getattr(error, "detail", error)))


def _plain(kind: str) -> Any:
    return lambda error: Problem(kind)


def _unauthenticated(error: drf.APIException) -> Problem:
    challenge = 'Bearer realm="ReviewHub"'
    if isinstance(error, drf.AuthenticationFailed):
        challenge += ', error="invalid_token"'
    return Problem("unauthenticated", str(error.detail), headers={"WWW-Authenticate": challenge})


def _forbidden(error: drf.PermissionDenied) -> Problem:
    detail = str(error.detail)
    return Problem("csrf", detail) if detail.startswith("CSRF Failed") else Problem("forbidden", detail)


def _method(error: drf.MethodNotAllowed) -> Problem:
    return Problem("method", str(error.detail))


def _throttled(error: drf.Throttled) -> Problem:
    wait = max(1, math.ceil(getattr(error, "wait", None) or 1))
    return Problem("throttled", headers={"Retry-After": str(wait)})


def _invalid(error: drf.ValidationError) -> Problem:
    return Problem("invalid", errors=list(faults_of(error)))


def faults_of(error: drf.ValidationError) -> Iterator[dict[str, str]]:
    """Each with the JSON Pointer of what it is about."""
    yield from _faults(error.detail, "")


def _faults(detail: Any, path: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            here = path if name == "non_field_errors" else f"{path}/{_escaped(str(name))}"
            yield from _faults(inner, here)
    elif isinstance(detail, list):
        nested = any(isinstance(inner, dict | list) for inner in detail)
        for position, inner in enumerate(detail):
            yield from _faults(inner, f"{path}/{position}" if nested else path)
    else:
        yield {"path": path, "message": str(detail)}


def _escaped(name: str) -> str:
    """As RFC 6901 wants it in a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _workflow(error: engine.InvalidWorkflow) -> Problem:
    faults = [
        {"line": fault.line, "column": fault.column, "path": fault.path, "message": fault.message, "level": fault.level}
        for fault in error.faults
    ]
    return Problem("workflow-faults", faults=faults)


def _moved(kind: str) -> Any:
    return lambda error: Problem(kind, str(error), happened=error.details)


def _desk_faults(error: desk.InvalidRequest) -> Problem:
    """Of several faults each says what it is about: "This field is required." twice says nothing."""
    named = " ".join(f"{fault['path']}: {fault['message']}".removeprefix(": ") for fault in error.faults)
    detail = named if len(error.faults) > 1 else str(error)
    return Problem("invalid", detail, errors=[_path_and_message(fault) for fault in error.faults])


def _path_and_message(fault: dict[str, str]) -> dict[str, str]:
    return {"path": fault["path"], "message": fault["message"]}


def _unavailable(error: Exception) -> Problem:
    return Problem("unavailable", headers={"Retry-After": "5"})


_TRANSLATIONS: tuple[tuple[Any, Any], ...] = (
    ((drf.NotAuthenticated, drf.AuthenticationFailed), _unauthenticated),
    (drf.PermissionDenied, _forbidden),
    (PermissionDenied, _said("forbidden")),
    ((Http404, drf.NotFound), _plain("not-found")),
    (drf.MethodNotAllowed, _method),
    (drf.NotAcceptable, _plain("not-acceptable")),
    (drf.UnsupportedMediaType, _said("media-type")),
    (drf.Throttled, _throttled),
    (drf.ValidationError, _invalid),
    (drf.ParseError, _said("malformed")),
    (engine.InvalidInput, lambda error: Problem("invalid", str(error), errors=error.faults)),
    (engine.InvalidWorkflow, _workflow),
    ((engine.NotFound,), _said("not-found")),
    ((engine.NotPublished, engine.InvalidTransition, engine.MissedTimer), _said("conflict")),
    (desk.TaskNotFound, _said("not-found")),
    (desk.StaleTask, _moved("stale")),
    (desk.TaskMoved, _moved("conflict")),
    (desk.NudgedAlready, _moved("conflict")),
    (desk.InvalidRequest, _desk_faults),
    (desk.KeyReused, _said("key-reused")),
    (InvalidWays, lambda error: Problem("invalid", str(error), errors=error.faults)),
    (InvalidToken, _said("invalid")),
    (OperationalError, _unavailable),
)

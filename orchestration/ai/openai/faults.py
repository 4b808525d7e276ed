"""Tells the ways apart in which a model server fails, in words that never hold what was sent or the key."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

QUOTA = frozenset({"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded", "billing_not_active"})
DROPPABLE = ("response_format", "temperature")  # what some servers and models do not know
LONGEST_WORD = 200


class Unanswered(Exception):
    """The server gave no answer. `happened` is a word for machines, `said` for people."""

    def __init__(
        self,
        happened: str,
        said: str,
        *,
        again: bool = False,
        wait: float | None = None,
        drop: str | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(said)
        self.happened = happened
        self.said = said
        self.again = again  # the same call may succeed
        self.wait = wait  # seconds, as the server asked
        self.drop = drop  # an option that the server does not know
        self.detail = detail


def told_apart(error: Exception, secret: str) -> Unanswered:
    """The fault behind an exception of the client library, or of whatever lies below it."""
    match error:
        case openai.APITimeoutError():
            return Unanswered("timeout", "The model server did not answer in time")
        case openai.APIConnectionError():
            return Unanswered("unreachable", "The model server cannot be reached", again=True)
        case openai.APIStatusError():
            return _by_status(error, secret)
        case openai.OpenAIError() | httpx2.InvalidURL() | httpx2.UnsupportedProtocol():
            return Unanswered("misconfigured", "The connection to the model server is not usable as it is")
        case _:  # JSON and validation errors come through bare
            return Unanswered("garbage", "The model server did not answer in its protocol")


def _by_status(error: openai.APIStatusError, secret: str) -> Unanswered:
    status, code = error.status_code, str(error.code or "")
    detail = _scrubbed(error.message, secret)
    if status == 429 and code in QUOTA:
        return Unanswered("quota", "The quota at the model server is used up", detail=detail)
    if status == 429:
        return Unanswered(
            "rate_limited", "The model server asked to wait", again=True, wait=_wait(error), detail=detail
        )
    if status in (401, 403):
        return Unanswered("key_refused", "The model server refused the key", detail=detail)
    if status == 404:
        return Unanswered("not_found", "The model server does not know this model or address", detail=detail)
    if status in (400, 422):
        return _bad_request(error, code, detail)
    if status == 408 or status >= 500:
        return Unanswered(
            "server_error", f"The model server failed ({status})", again=True, wait=_wait(error), detail=detail
        )
    return Unanswered("unexpected", f"The model server answered with {status}", detail=detail)


def _bad_request(error: openai.APIStatusError, code: str, detail: str) -> Unanswered:
    if "content_filter" in code or "content_policy" in code:
        return Unanswered("filtered", "The model server's content filter refused the case", detail=detail)
    named = f"{getattr(error, 'param', '') or ''} {error.message}"
    dropped = next((option for option in DROPPABLE if option in named), None)
    return Unanswered("bad_request", "The model server refused the question's form", drop=dropped, detail=detail)


def _wait(error: openai.APIStatusError) -> float | None:
    """`Retry-After` in seconds or as a date; None where it says neither."""
    said = error.response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", said):
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None


def _scrubbed(message: str, secret: str) -> str:
    """The server's own words without the key, which some servers repeat in full or in part."""
    if secret:
        message = message.replace(secret, "[key]")
    return re.sub(r"\b(?:sk|key|pk)-[\w*.-]{4,}", "[key]", message)[:LONGEST_WORD]

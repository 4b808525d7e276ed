"""Under which name a failed sign-in is counted."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest


def attempted_name(request: HttpRequest | None, credentials: Mapping[str, str] | None = None) -> str:
    """As the account is looked up: without regard to case or blanks, so that spelling it anew starts no new count."""
    given = credentials or (request.POST if request is not None else {})
    return str(given.get("username") or "").strip().lower()[:255]

"""Pages by key: each begins where the one before ended, so that nothing is counted and nothing is skipped."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Q, QuerySet


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    after: str  # the key of what follows; empty at the end


def page(*parts: QuerySet[Any], moment: str, after: str, size: int, identity: Callable[[str], Any]) -> Page:
    """Newest first by the field `moment`, then by id, of all parts together, which may share rows. `after` is a key
    that an earlier page gave; a broken one is the first page."""
    key = _read(after, identity)
    if key is not None:
        at, last = key
        following = Q(**{f"{moment}__lte": at}) & (Q(**{f"{moment}__lt": at}) | Q(pk__lt=last))
        parts = tuple(part.filter(following) for part in parts)
    each = chain.from_iterable(part.order_by(f"-{moment}", "-pk")[: size + 1] for part in parts)
    found = list({row.pk: row for row in each}.values())
    found.sort(key=lambda row: (getattr(row, moment), row.pk), reverse=True)
    found, shown = found[: size + 1], found[:size]
    return Page(shown, _key(shown[-1], moment) if len(found) > size else "")


def _key(row: Any, moment: str) -> str:
    text = f"{getattr(row, moment).isoformat()} {row.pk}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(key: str, identity: Callable[[str], Any]) -> tuple[datetime, Any] | None:
    if not key:
        return None
    try:
        at, _, last = base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode().partition(" ")
        instant = datetime.fromisoformat(at)
        return (instant, identity(last)) if instant.tzinfo else None
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None

"""Other orders of a view than that of urgency. A page goes on after the last row's place, as in that of urgency."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import PLACES, ReviewTaskQuerySet, with_holders

ORDERS = tuple(PLACES)


def ordered(tasks: ReviewTaskQuerySet, order: str) -> ReviewTaskQuerySet:
    """KeyError for an unknown order."""
    return tasks.annotate(place=PLACES[order]).order_by("place", "id")


def page_in_order(tasks: ReviewTaskQuerySet, order: str, *, after: str, size: int) -> tuple[list[ReviewTask], str]:
    """One page, and where the next one goes on; empty on the last. A mangled `after` gives the first page."""
    found = ordered(tasks, order).for_rows()
    if place := _parsed(after):
        at, task_id = place
        found = found.filter(Q(place__gte=at), Q(place__gt=at) | Q(id__gt=task_id))
    rows: list[Any] = with_holders(found[: size + 1])
    return rows[:size], _written(rows[size - 1]) if len(rows) > size else ""


def _written(task: Any) -> str:
    at = task.place.isoformat() if isinstance(task.place, datetime) else task.place
    return base64.urlsafe_b64encode(json.dumps([at, task.pk.hex]).encode()).decode().rstrip("=")


def _parsed(text: str) -> tuple[float | datetime, UUID] | None:
    try:
        at, task_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return (datetime.fromisoformat(at) if isinstance(at, str) else float(at)), UUID(task_id)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        return None

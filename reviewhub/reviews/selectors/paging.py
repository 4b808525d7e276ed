"""Pages by cursor, never by counting: a page costs the same wherever it is."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from reviewhub.reviews.models import ReviewTask
from reviewhub.reviews.models.querysets import ReviewTaskQuerySet, with_holders


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page in the order of urgency. As text it is opaque and safe in an address."""

    urgency_at: datetime
    id: UUID

    def __str__(self) -> str:
        text = json.dumps([self.urgency_at.isoformat(), self.id.hex])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """ValueError for anything that is not a cursor."""
        try:
            urgency_at, task_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            cursor = cls(datetime.fromisoformat(urgency_at), UUID(task_id))
        except (ValueError, TypeError, AttributeError, binascii.Error) as error:
            raise ValueError("This is not a page of the queue.") from error
        if cursor.urgency_at.tzinfo is None:
            raise ValueError("This is not a page of the queue.")
        return cursor


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[ReviewTask]
    following: Cursor | None  # None: this is the last page


def page_of(tasks: ReviewTaskQuerySet, *, after: Cursor | None = None, size: int = 50) -> Page:
    """One page in the order of urgency, in one query: one row more is read than is shown, to know whether there is."""
    if after is not None:
        tasks = tasks.after(after.urgency_at, after.id)
    rows = with_holders(tasks.for_rows().urgent_first()[: size + 1])
    return Page(rows[:size], cursor_of(rows[size - 1]) if len(rows) > size else None)


def cursor_of(task: ReviewTask) -> Cursor:
    return Cursor(task.urgency_at, task.pk)

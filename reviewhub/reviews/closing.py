"""Closing review tasks whose outcome counts, for any number of them in one statement (two on SQLite).

What nobody asks for afterwards stays in the database: the tasks that come back know what announcing them needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from uuid import UUID

from django.db import connection

from orchestration.api import statements
from orchestration.ports import Closing
from reviewhub.reviews.models import Assignment, ReviewTask

_TOLD = (
    *("id", "run_id", "key", "kind", "workflow", "workflow_title", "workflow_version", "workflow_owner", "queue_id"),
    *("title", "critical", "status", "version", "outcome", "unanswered", "closed_at", "requester", "excluded"),
    "approvals",
)
_ENDED = (
    f"status = '{ReviewTask.Status.CLOSED}', version = task.version + 1, claimed_by_id = NULL, "
    "claim_expires_at = NULL, paused_by_id = NULL, wakes_at = NULL, stands_still_since = NULL"
)


def close_tasks(closings: Sequence[Closing]) -> Iterator[tuple[Closing, ReviewTask]]:
    """Closes them, with the assignments that are still open. Raises `ReviewTask.DoesNotExist` where there is none."""
    close = _close_together if connection.vendor == "postgresql" else _close_each
    closed = {(str(task.run_id), task.key): task for task in close(closings)}
    for closing in closings:
        if (closing.run_id, closing.key) not in closed:
            raise ReviewTask.DoesNotExist(f"Run {closing.run_id} has no review {closing.key}.")
        yield closing, closed[closing.run_id, closing.key]


def _close_together(closings: Sequence[Closing]) -> list[ReviewTask]:
    rows = [
        [closing.run_id, closing.key, closing.outcome, closing.at.isoformat(), closing.unanswered]
        for closing in closings
    ]
    given = {"rows": json.dumps(rows), "done": Assignment.Ended.DONE.value}
    readers = [statements.reader(statements.field_of(ReviewTask, name)) for name in _TOLD]
    return [
        ReviewTask.from_db("default", _TOLD, [read(value) for read, value in zip(readers, values, strict=True)])
        for values in statements.fetch(_together(), given)
    ]


@lru_cache(maxsize=1)
def _together() -> str:
    told = ", ".join(f"task.{column}" for column in _TOLD)
    return f"""
        WITH closed AS (
            UPDATE reviews_reviewtask task
            SET {_ENDED}, outcome = given.value->>2, closed_at = (given.value->>3)::timestamptz,
                unanswered = (given.value->>4)::boolean
            FROM jsonb_array_elements(%(rows)s::jsonb) given
            WHERE task.run_id = (given.value->>0)::uuid AND task.key = given.value->>1
                AND jsonb_typeof(given.value) = 'array'  -- always so; makes the planner expect one, and use the index
            RETURNING {told}
        ), done AS (
            UPDATE reviews_assignment SET ended_at = closed.closed_at, ended = %(done)s FROM closed
            WHERE task_id = closed.id AND ended_at IS NULL
        )
        SELECT * FROM closed
    """  # noqa: S608 - names of our own columns


def _close_each(closings: Sequence[Closing]) -> Iterator[ReviewTask]:
    for closing in closings:
        at = connection.ops.adapt_datetimefield_value(closing.at)
        given = (closing.outcome, at, closing.unanswered, UUID(closing.run_id).hex, closing.key)
        for task in list(ReviewTask.objects.raw(_each(), given)):
            open_ones = Assignment.objects.filter(task=task.pk, ended_at__isnull=True)
            open_ones.update(ended_at=closing.at, ended=Assignment.Ended.DONE)
            yield task


@lru_cache(maxsize=1)
def _each() -> str:
    return (
        f"UPDATE reviews_reviewtask AS task SET {_ENDED}, outcome = %s, closed_at = %s, unanswered = %s "  # noqa: S608
        f"WHERE run_id = %s AND key = %s RETURNING {', '.join(_TOLD)}"
    )

"""Many open tasks, made in the database itself from the one that is there."""

from __future__ import annotations

from typing import Any

from django.db import connection, models


def fill(number: int) -> None:
    """Copies the first run and its open task until there are so many, each due a little later than the one before."""
    from orchestration.api import runs
    from reviewhub.reviews.models import ReviewTask

    task = ReviewTask.objects.exclude(run__event_id__startswith="copy-").get()
    first = ReviewTask.objects.count()
    later = "+ make_interval(secs => nth)"
    series = f"one CROSS JOIN generate_series({first}, {number - 1}) nth"
    run_copy = {"id": "gen_random_uuid()", "event_id": "'copy-' || nth"}
    _copy(runs().model, run_copy, f"{series} WHERE one.id = %s", task.run_id)
    task_copy = {
        "id": "gen_random_uuid()",
        "run_id": "other.id",
        "due_at": f"one.due_at {later}",
        "urgency_at": f"one.urgency_at {later}",
    }
    others = "JOIN orchestration_run other ON other.event_id = 'copy-' || nth"
    _copy(ReviewTask, task_copy, f"{series} {others} WHERE one.id = %s", task.pk)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _copy(model: type[models.Model], changed: dict[str, str], source: str, key: Any) -> None:
    """Inserts rows like the one with this key, but for what is changed, said in SQL."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(column, f'one."{column}"') for column in columns)
    named = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{table}" ({named}) SELECT {values} FROM "{table}" {source}', (key,))

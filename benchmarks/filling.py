"""Many open tasks, made in the database itself from the one that is there."""

from __future__ import annotations

from typing import Any

from django.db import connection, models


def fill(number: int) -> None:
    """Copies the one run and its open task until there are so many, each due a little later."""
    from orchestration.api import runs
    from reviewhub.reviews.models import ReviewTask

    task = ReviewTask.objects.select_related("run").get()
    later = "+ make_interval(secs => nth)"
    run_copy = {"id": "gen_random_uuid()", "event_id": "'copy-' || nth"}
    _copy(runs().model, run_copy, f"one CROSS JOIN generate_series(1, {number - 1}) nth WHERE one.id = %s", task.run_id)
    task_copy = {
        "id": "gen_random_uuid()",
        "run_id": "other.id",
        "due_at": f"one.due_at {later}",
        "urgency_at": f"one.urgency_at {later}",
    }
    others = "(SELECT id, substr(event_id, 6)::int AS nth FROM orchestration_run WHERE event_id LIKE 'copy-%%') other"
    _copy(ReviewTask, task_copy, f"one CROSS JOIN {others} WHERE one.id = %s", task.pk)
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

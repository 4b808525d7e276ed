"""Several people may decide one task: a decision fills a seat, and nobody fills two.

On SQLite adding the column rebuilds the table without its triggers, so they are made again.
"""

from __future__ import annotations

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models import Q

DECISION = (
    "task_id, outcome, by_id, received_at, recorded_at, undo_until, fields, task_version, channel, confirmed, "
    "ai_was_seen, seconds_spent, evidence_hash, idempotency_key"
)
TAKEN_BACK = "taken_back_at, taken_back_by_id"
SEAT = ("decision_seat_never_changes", "seat", "")
LOST = (
    ("decision_never_changes", DECISION, ""),
    ("decision_taken_back_once", TAKEN_BACK, "WHEN (OLD.taken_back_at IS NOT NULL)"),
)
POSTGRES = (
    "CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON reviews_decision FOR EACH ROW {when} "
    "EXECUTE FUNCTION reviewhub_refuse();"
)
SQLITE = (
    "CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON reviews_decision {when} "
    "BEGIN SELECT RAISE(ABORT, 'reviews_decision never changes: UPDATE is refused'); END;"
)
ROLES = (
    ("reviewer", "Reviewer"),
    ("backup", "Backup"),
    ("manager", "Manager"),
    ("owner", "Process owner"),
    ("delegate", "Delegate"),
    ("approver", "Approver"),
    ("colleague", "Named by the workflow"),
)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_postgres = schema_editor.connection.vendor == "postgresql"
    for name, columns, when in (SEAT,) if on_postgres else (SEAT, *LOST):
        template = POSTGRES if on_postgres else SQLITE
        schema_editor.execute(template.format(name=name, columns=columns, when=when), params=None)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Before the column goes; on SQLite the others go with the table, and are made again after it."""
    where = " ON reviews_decision" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {SEAT[0]}{where}")


def guard_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name, columns, when in LOST:
            schema_editor.execute(SQLITE.format(name=name, columns=columns, when=when), params=None)


class Migration(migrations.Migration):
    dependencies = (
        ("reviews", "0005_decisions_on_the_phone"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )
    operations = (
        migrations.RunPython(migrations.RunPython.noop, guard_again),
        migrations.RemoveConstraint(model_name="decision", name="decision_one_stands"),
        migrations.AddField(
            model_name="decision", name="seat", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="reviewtask", name="approvals", field=models.JSONField(blank=True, null=True)
        ),
        migrations.AlterField(
            model_name="assignment", name="role", field=models.CharField(choices=ROLES, max_length=9)
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=Q(taken_back_at__isnull=True), fields=("task", "seat"), name="decision_one_stands"
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=Q(taken_back_at__isnull=True), fields=("task", "by"), name="decision_once_by_each"
            ),
        ),
        migrations.RunPython(guard, unguard),
    )

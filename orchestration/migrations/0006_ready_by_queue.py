"""A ready step says whose queue it is in, so that a worker finds all that is ready for it."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FINISHED = "'succeeded', 'failed', 'skipped', 'cancelled'"
STAYS_FINISHED = f"""
CREATE TRIGGER step_run_stays_finished BEFORE UPDATE OF status ON orchestration_steprun
WHEN OLD.status IN ({FINISHED}) AND NEW.status <> OLD.status
BEGIN SELECT RAISE(ABORT, 'a finished step run stays finished'); END;
"""


def say_the_queue(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Of what is ready now; a tool with a queue of its own is found by its hint."""
    ready = apps.get_model("orchestration", "StepRun").objects.filter(status="ready")
    ready.filter(kind="ai").update(queue="ai")
    ready.exclude(kind="ai").update(queue="tools")


def guard_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes the table anew for such a column, and its trigger goes with the old one."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS step_run_stays_finished")
        schema_editor.execute(STAYS_FINISHED)


def nothing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Backwards there is nothing to do."""


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0005_events_and_waits"),)

    operations = (
        migrations.AddField(
            model_name="steprun",
            name="queue",
            field=models.CharField(blank=True, db_default="", default="", max_length=50),
        ),
        migrations.RunPython(say_the_queue, nothing),
        migrations.RemoveIndex(model_name="steprun", name="step_run_ready"),
        migrations.AddIndex(
            model_name="steprun",
            index=models.Index(
                fields=["queue", "ready_at"], condition=models.Q(("status", "ready")), name="step_run_ready"
            ),
        ),
        migrations.RunPython(guard_again, nothing),
    )

"""Which iteration of a loop a step run and a timer belong to."""

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


def guard_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite makes the table anew for such a column, and its trigger goes with the old one."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS step_run_stays_finished")
        schema_editor.execute(STAYS_FINISHED)


def nothing(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Backwards the trigger stays as it is."""


def _iteration() -> models.CharField[str, str]:
    return models.CharField(blank=True, db_default="", default="", max_length=255)


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0003_finished_steps_stay_finished"),)

    operations = (
        migrations.AddField(model_name="steprun", name="iteration", field=_iteration()),
        migrations.AddField(model_name="timer", name="iteration", field=_iteration()),
        migrations.RunPython(guard_again, nothing),
    )

"""The database refuses to move a step run on once it has finished. Erasing its values stays possible."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FINISHED = "'succeeded', 'failed', 'skipped', 'cancelled'"

POSTGRES = f"""
CREATE TRIGGER step_run_stays_finished BEFORE UPDATE ON orchestration_steprun FOR EACH ROW
WHEN (OLD.status IN ({FINISHED}) AND NEW.status <> OLD.status) EXECUTE FUNCTION reviewhub_refuse();
"""
SQLITE = f"""
CREATE TRIGGER step_run_stays_finished BEFORE UPDATE OF status ON orchestration_steprun
WHEN OLD.status IN ({FINISHED}) AND NEW.status <> OLD.status
BEGIN SELECT RAISE(ABORT, 'a finished step run stays finished'); END;
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute(POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    where = " ON orchestration_steprun" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER step_run_stays_finished{where}")


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0002_audit_is_append_only"),)

    operations = (migrations.RunPython(guard, unguard),)

"""The keys of these tables begin with the run, so an index of the run alone finds nothing that they do not find. It cost
a write a row, and where a run is long the planner took it and read the whole run.

The index is dropped by its name, for altering the field would make SQLite copy the table and lose its trigger.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = {"steprun": "steps", "attempt": "attempts", "timer": "timers"}


def _indexes(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> list[tuple[str, str]]:
    """Their names as Django makes them, and their tables."""
    tables = [apps.get_model("orchestration", name)._meta.db_table for name in TABLES]
    return [(schema_editor.quote_name(schema_editor._create_index_name(table, ["run_id"])), table) for table in tables]


def drop(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, _ in _indexes(apps, schema_editor):
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


def make_again(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, table in _indexes(apps, schema_editor):
        schema_editor.execute(f"CREATE INDEX {name} ON {schema_editor.quote_name(table)} (run_id)")


def _run(related_name: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey("orchestration.run", models.CASCADE, related_name=related_name, db_index=False)


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0023_documents_that_are_kept"),)

    operations = (
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make_again)],
            state_operations=[
                migrations.AlterField(model_name=name, name="run", field=_run(related))
                for name, related in TABLES.items()
            ],
        ),
    )

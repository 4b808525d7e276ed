"""How much of the evidence came into view before a decision, which never changes either.

The columns may be null, so that SQLite adds them without making the table anew, and its triggers stay.
"""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NAME = "decision_evidence_never_changes"
UPDATE = "BEFORE UPDATE OF evidence_pieces, evidence_opened, evidence_seconds ON reviews_decision"
POSTGRES = f"CREATE TRIGGER {NAME} {UPDATE} FOR EACH ROW EXECUTE FUNCTION reviewhub_refuse();"
SQLITE = (
    f"CREATE TRIGGER {NAME} {UPDATE} "
    "BEGIN SELECT RAISE(ABORT, 'reviews_decision never changes: UPDATE is refused'); END;"
)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    on_postgres = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRES if on_postgres else SQLITE, params=None)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    where = " ON reviews_decision" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {NAME}{where}")


class Migration(migrations.Migration):
    dependencies = (("reviews", "0019_nudges"),)

    operations = (
        migrations.AddField(
            "decision", "evidence_pieces", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "decision", "evidence_opened", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField("decision", "evidence_seconds", models.FloatField(blank=True, null=True)),
        migrations.RunPython(guard, unguard),
    )

"""The database refuses to change a decision or an override; only that a decision was taken back is added, once.

On SQLite a later change of these tables rebuilds them without their triggers, and has to make them again.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

DECISION = (
    "task_id, outcome, by_id, received_at, recorded_at, undo_until, fields, task_version, channel, confirmed, "
    "ai_was_seen, seconds_spent, evidence_hash, idempotency_key"
)
OVERRIDE = "decision_id, recommendation_id, ai_outcome, ai_confidence, against_ai, note, ai_right_if_known, differences"
TAKEN_BACK = "taken_back_at, taken_back_by_id"

# name, table, columns, and when
GUARDS = (
    ("decision_never_changes", "reviews_decision", DECISION, ""),
    ("decision_taken_back_once", "reviews_decision", TAKEN_BACK, "WHEN (OLD.taken_back_at IS NOT NULL)"),
    ("override_never_changes", "reviews_override", OVERRIDE, ""),
)
POSTGRES = (
    "CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} FOR EACH ROW {when} "
    "EXECUTE FUNCTION reviewhub_refuse();"
)
SQLITE = (
    "CREATE TRIGGER {name} BEFORE UPDATE OF {columns} ON {table} {when} "
    "BEGIN SELECT RAISE(ABORT, '{table} never changes: UPDATE is refused'); END;"
)


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    template = POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE
    for name, table, columns, when in GUARDS:
        schema_editor.execute(template.format(name=name, table=table, columns=columns, when=when), params=None)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, table, _, _ in GUARDS:
        where = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {name}{where}")


class Migration(migrations.Migration):
    dependencies = (
        ("reviews", "0001_initial"),
        ("orchestration", "0002_audit_is_append_only"),
    )
    operations = (migrations.RunPython(guard, unguard),)

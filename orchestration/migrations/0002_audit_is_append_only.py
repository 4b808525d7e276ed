"""The database itself refuses to change or remove audit events, on both engines, TRUNCATE included.

Payloads may be erased (that is what they lie apart for), never changed; a checkpoint stays as it was signed.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

APPEND_ONLY = ("orchestration_auditevent", "orchestration_auditcheckpoint")
ERASABLE = "orchestration_auditpayload"
VERSION = "orchestration_workflowversion"

POSTGRES = """
CREATE FUNCTION reviewhub_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
POSTGRES_TRIGGER = """
CREATE TRIGGER {table}_{name} BEFORE {operation} ON {table} FOR EACH {each} EXECUTE FUNCTION reviewhub_refuse();
"""
SQLITE_TRIGGER = """
CREATE TRIGGER {table}_{name} BEFORE {operation} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: {operation} is refused'); END;
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(POSTGRES, params=None)  # its % are its own
    for table, operation in _guarded():
        template = POSTGRES_TRIGGER if postgres else SQLITE_TRIGGER
        name = operation.lower()
        schema_editor.execute(template.format(table=table, name=name, operation=operation, each="ROW"))
    if postgres:
        for table in (*APPEND_ONLY, ERASABLE):
            sql = POSTGRES_TRIGGER.format(table=table, name="truncate", operation="TRUNCATE", each="STATEMENT")
            schema_editor.execute(sql)


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    postgres = schema_editor.connection.vendor == "postgresql"
    for table, operation in _guarded():
        where = f" ON {table}" if postgres else ""
        schema_editor.execute(f"DROP TRIGGER {table}_{operation.lower()}{where}")
    if postgres:
        schema_editor.execute("DROP FUNCTION reviewhub_refuse() CASCADE")


def _guarded() -> list[tuple[str, str]]:
    rows = [(table, operation) for table in APPEND_ONLY for operation in ("UPDATE", "DELETE")]
    return [*rows, (ERASABLE, "UPDATE"), (VERSION, "UPDATE")]


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0001_initial"),)

    operations = (migrations.RunPython(guard, unguard),)

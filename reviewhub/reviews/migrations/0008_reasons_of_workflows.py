"""Reasons of a workflow's own; how bad an answer would have been, and which way a person went. Overrides go on being refused
every change: the trigger comes off while the columns are added, and back on with them.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

NAME, TABLE = "override_never_changes", "reviews_override"
before = import_module("reviewhub.reviews.migrations.0002_decisions_never_change")


def guard(schema_editor: BaseDatabaseSchemaEditor, columns: str) -> None:
    template = before.POSTGRES if schema_editor.connection.vendor == "postgresql" else before.SQLITE
    schema_editor.execute(template.format(name=NAME, table=TABLE, columns=columns, when=""), params=None)


def guard_as_before(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guard(schema_editor, before.OVERRIDE)


def guard_all(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    guard(schema_editor, f"{before.OVERRIDE}, severity, direction")


def unguard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    where = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER {NAME}{where}")


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0007_saved_filters'),
    ]

    operations = [
        migrations.RunPython(unguard, guard_as_before),
        migrations.RemoveConstraint(
            model_name='overridereason',
            name='override_reason_version_once',
        ),
        migrations.RemoveConstraint(
            model_name='overridereason',
            name='override_reason_one_current',
        ),
        migrations.AddField(
            model_name='override',
            name='direction',
            field=models.CharField(blank=True, choices=[('same', 'The same outcome'), ('stricter', 'Stricter than the AI'), ('lenient', 'More lenient than the AI'), ('aside', 'Another way')], default='', max_length=8),
        ),
        migrations.AddField(
            model_name='override',
            name='severity',
            field=models.CharField(blank=True, choices=[('', 'Not said'), ('minor', 'Minor'), ('moderate', 'Moderate'), ('severe', 'Severe')], default='', max_length=8),
        ),
        migrations.AddField(
            model_name='overridereason',
            name='workflow',
            field=models.CharField(blank=True, default='', help_text='Offered in this workflow alone; empty: in every one.', max_length=100),
        ),
        migrations.AddConstraint(
            model_name='overridereason',
            constraint=models.UniqueConstraint(fields=('workflow', 'code', 'version'), name='override_reason_version_once'),
        ),
        migrations.AddConstraint(
            model_name='overridereason',
            constraint=models.UniqueConstraint(condition=models.Q(('current', True)), fields=('workflow', 'code'), name='override_reason_one_current'),
        ),
        migrations.RunPython(guard_all, unguard),
    ]

"""A run that failed or was cancelled undoes what was done before it ends."""

from __future__ import annotations

from django.db import migrations, models

RUN = ("running", "ending", "succeeded", "failed", "cancelled")
STEP = (
    *("ready", "running", "retrying", "limited", "waiting", "incident"),
    *("registered", "succeeded", "failed", "skipped", "cancelled"),
)


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value.capitalize()) for value in values]


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0011_incidents_by_index"),)

    operations = (
        migrations.RemoveConstraint(model_name="run", name="run_key_once_while_open"),
        migrations.AddField(model_name="run", name="undo", field=models.JSONField(blank=True, null=True)),
        migrations.AlterField(
            model_name="run",
            name="status",
            field=models.CharField(choices=_choices(RUN), default="running", max_length=12),
        ),
        migrations.AlterField(
            model_name="steprun", name="status", field=models.CharField(choices=_choices(STEP), max_length=12)
        ),
        migrations.AddConstraint(
            model_name="run",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("business_key__isnull", False), ("key_while", "open"), ("status__in", ("running", "ending"))
                ),
                fields=("workflow", "business_key"),
                name="run_key_once_while_open",
            ),
        ),
    )

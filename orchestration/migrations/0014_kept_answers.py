"""Answers of tools that are kept for those who ask the same."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("orchestration", "0013_events_that_were_refused"),)

    operations = (
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("tool", models.CharField(max_length=150)),
                ("result", models.JSONField(blank=True, null=True)),
                ("answered_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_answers",
                        to="orchestration.run",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["key", "-answered_at"], name="kept_answer_newest"),
                    models.Index(fields=["expires_at"], name="kept_answer_expiry"),
                ],
            },
        ),
    )

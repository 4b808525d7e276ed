from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("reviews", "0027_looks_that_wait"),)

    operations = (
        migrations.AddIndex(
            model_name="reviewtask",
            index=models.Index(fields=["urgency_at", "id"], name="review_task_urgency_of_all"),
        ),
    )

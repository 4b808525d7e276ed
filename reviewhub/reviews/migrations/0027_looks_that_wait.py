from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("reviews", "0026_counts_by_index"),)

    operations = (
        migrations.AddIndex(
            model_name="secondlook",
            index=models.Index(
                condition=models.Q(("ended_at__isnull", True)), fields=["original"], name="look_waiting"
            ),
        ),
    )

"""What deliveries say is kept nowhere else."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0009_deliveries"),
    ]

    operations = [
        migrations.RemoveField(model_name="notice", name="mailed_at"),
        migrations.DeleteModel(name="ChatMessage"),
    ]

"""One record of what has left over a channel, in the place of one for mails and one for the chat."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Concat


def carry_over(apps, schema_editor):
    message = apps.get_model("notifications", "ChatMessage")
    delivery = apps.get_model("notifications", "Delivery")
    notice = apps.get_model("notifications", "Notice")
    place = Concat("channel", Value(" "), "ts")
    for said in message.objects.select_related("notice__person__chat_identity").annotate(place=place).iterator():
        identity = getattr(said.notice.person, "chat_identity", None)
        address = identity.member if identity else ""
        delivery.objects.create(
            notice=said.notice, channel="chat", address=address, place=said.place, at=said.notice.at
        )
    mailed = notice.objects.filter(mailed_at__isnull=False)
    for told in mailed.iterator():
        delivery.objects.create(notice=told, channel="mail", address="", place="", at=told.mailed_at)
    mailed.update(in_digest=False)


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0008_reminders_by_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=20)),
                ("address", models.CharField(blank=True, max_length=100)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("notice", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="notifications.notice")),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "constraints": [models.UniqueConstraint(fields=("notice", "channel", "address"), name="notice_delivered_once")],
            },
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]

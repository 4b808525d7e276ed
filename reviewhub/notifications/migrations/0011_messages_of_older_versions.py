"""Notices that wait in the outbox under the topics of versions before mail, push and chat had one port."""

from django.db import migrations

DELIVERIES, TRIALS = "notices.deliver", "push.trial"
OLD = ("notices.mail", "notices.push", "chat.post", "chat.update")


def carry_over(apps, schema_editor):
    """Each is addressed anew and keeps its time and its attempts. What has no address any more is dropped, and so is a
    change of what stands in a chat: which message it meant is not known here any more."""
    message = apps.get_model("orchestration", "OutboxMessage")
    identity = apps.get_model("notifications", "ChatIdentity")
    members = dict(identity.objects.values_list("person_id", "member"))
    told = dict(apps.get_model("notifications", "Notice").objects.filter(
        pk__in=[row.payload["notice"] for row in message.objects.filter(topic="chat.post")]
    ).values_list("pk", "person_id"))
    for row in message.objects.filter(topic__in=OLD).order_by("pk"):
        meant = _meant(row, members, told)
        if meant is None or message.objects.filter(topic=meant[0], key=meant[1]).exists():
            row.delete()
        else:
            row.topic, row.key, row.payload = meant
            row.save()


def _meant(row, members, told):
    """Its topic, key and payload as of now."""
    notice = row.payload.get("notice")
    if row.topic == "notices.push" and notice is None:
        return TRIALS, row.key, {"device": row.payload["device"]}
    if row.topic == "notices.mail":
        return _to("mail", notice, "")
    if row.topic == "notices.push":
        return _to("push", notice, str(row.payload["device"]))
    member = members.get(told.get(notice))
    return _to("chat", notice, member) if row.topic == "chat.post" and member else None


def _to(channel, notice, address):
    payload = {"notice": notice, "channel": channel, "address": address}
    return DELIVERIES, f"{channel}:{notice}:{address}", payload


class Migration(migrations.Migration):

    dependencies = [
        ("notifications", "0010_deliveries_alone"),
        ("orchestration", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]

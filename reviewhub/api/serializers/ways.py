"""How somebody is told, as programs see it."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Strict
from reviewhub.notifications.ways import LONGEST_AFTER


class WaysShown(Strict):
    mail_after = serializers.IntegerField(
        min_value=1, max_value=LONGEST_AFTER, help_text="Minutes after which a mail says what is still pending."
    )
    digest_hours = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=23),
        min_length=1,
        max_length=24,
        help_text="Of the person's own clock.",
    )
    ways = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField()),
        help_text="By channel (push, chat, mail) and kind of notice: now, off, and for mail pending or digest.",
    )

"""What is stuck, as programs see it."""

from __future__ import annotations

from rest_framework import serializers

from orchestration import api
from reviewhub.api.fields import Instant, Shown, Strict


class StuckQuery(Strict):
    kind = serializers.ChoiceField(choices=api.STUCK_KINDS)
    after = serializers.CharField(required=False, default="", max_length=200, help_text="The id of the last one read.")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class StuckShown(Shown):
    kind = serializers.ChoiceField(choices=api.STUCK_KINDS)
    id = serializers.CharField(help_text="Within its kind; of a message or an event, its number.")
    what = serializers.CharField()
    why = serializers.CharField()
    since = Instant(allow_null=True)
    run_id = serializers.UUIDField(allow_null=True)
    attempts = serializers.IntegerField()


class Dropping(Strict):
    reason = serializers.CharField(max_length=300)


class MessageSent(Shown):
    sent = serializers.BooleanField(help_text="False: it failed again, and stays.")


class EventStarted(Shown):
    started = serializers.BooleanField(help_text="False: it was refused again, and stays.")

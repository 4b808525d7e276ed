"""Events, as programs send them."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Shown, Strict


class EventSent(Strict):
    name = serializers.RegexField(r"^[a-z0-9][a-z0-9_.-]*$", max_length=100, help_text="Such as invoice.paid.")
    key = serializers.RegexField(
        r"^[\x20-\x7e]+$", max_length=255, trim_whitespace=False, help_text="Which one of that name."
    )
    payload = serializers.DictField(required=False, default=dict)
    event_id = serializers.RegexField(
        r"^[\x21-\x7e]+$", required=False, max_length=255, help_text="The same event counts once."
    )


class EventTaken(Shown):
    event_id = serializers.CharField()
    created = serializers.BooleanField(help_text="False where the event had been sent before.")
    runs = serializers.ListField(
        child=serializers.UUIDField(), help_text="Those that have taken the event or wait for it, at most 100."
    )

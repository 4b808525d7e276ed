"""Missed due times, as programs see them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orchestration import ports
from reviewhub.api.fields import Instant, PersonShown, Shown
from reviewhub.api.serializers.queries import PageQuery
from reviewhub.reviews.models import Breach


class BreachQuery(PageQuery):
    workflow = serializers.CharField(required=False, max_length=100)
    queue = serializers.CharField(required=False, max_length=100)
    kind = serializers.ChoiceField(required=False, choices=Breach.Kind.values)
    cause = serializers.ChoiceField(required=False, choices=Breach.Cause.values)
    run = serializers.UUIDField(required=False)
    open = serializers.BooleanField(required=False, help_text="Whether it is still late.")
    missed_from = serializers.DateTimeField(required=False, help_text="At this instant or later.")
    missed_before = serializers.DateTimeField(required=False)


class WaitsFor(Shown):
    path = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.CharField()


class BreachShown(Shown):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Breach.Kind.values)
    title = serializers.CharField()
    workflow = serializers.CharField()
    run_id = serializers.UUIDField()
    step = serializers.CharField(source="key", help_text="The path of the step; empty where it is the whole run.")
    task_id = serializers.UUIDField(allow_null=True)
    queue = serializers.SerializerMethodField()
    due_at = Instant()
    at = Instant(help_text="When it was noticed.")
    over_at = Instant(allow_null=True, help_text="When it was decided or ended; null while it is late.")
    late_seconds = serializers.SerializerMethodField()
    cause = serializers.ChoiceField(choices=Breach.Cause.values, help_text="What it waited for at that moment.")
    holder = PersonShown(allow_null=True, help_text="Who had it then, or had set it aside.")
    level = serializers.IntegerField(help_text="Of escalation, as reached by then.")
    hands = serializers.IntegerField(help_text="How many people had had it by then.")
    waits_for = WaitsFor(many=True)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_queue(self, breach: Any) -> str | None:
        return breach.queue.slug if breach.queue else None

    def get_late_seconds(self, breach: Any) -> int:
        """Until it was over, or until now."""
        late: timedelta = (breach.over_at or ports.clock().process_now()) - breach.due_at
        return round(late.total_seconds())

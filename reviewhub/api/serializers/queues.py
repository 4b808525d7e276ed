"""Queues as their leads see them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reviewhub.api.fields import Identifier, Instant, PersonShown, Shown, Strict
from reviewhub.api.serializers.tasks import TaskRow
from reviewhub.reviews.models import Queue
from reviewhub.reviews.services.one_by_one import MOST


class QueueShown(Shown):
    slug = serializers.CharField()
    title = serializers.CharField()
    giving = serializers.ChoiceField(choices=Queue.Giving.values)
    cap = serializers.IntegerField(help_text="Nobody is given more of its tasks than this at a time.")
    skills = serializers.ListField(child=serializers.CharField())
    pull_only = serializers.BooleanField(help_text="Its reviewers pick nothing.")
    held_at = Instant(allow_null=True, help_text="Null: work goes on.")
    held_by = serializers.CharField()
    hold_reason = serializers.CharField()
    clocks_stopped_at = Instant(allow_null=True, help_text="For an outage; null: they run.")
    clocks_stopped_by = serializers.CharField()
    clocks_stopped_for = serializers.CharField()


class WaitingShown(Shown):
    all = serializers.IntegerField()
    unassigned = serializers.IntegerField()
    aside = serializers.IntegerField()
    late = serializers.IntegerField()


class AbsenceShown(Shown):
    id = serializers.IntegerField()
    person = PersonShown()
    starts_at = Instant()
    ends_at = Instant()
    delegate = PersonShown(allow_null=True)


class MemberShown(Shown):
    person = PersonShown()
    role = serializers.CharField()
    skills = serializers.ListField(child=serializers.CharField())
    is_given_tasks = serializers.BooleanField()
    claimed = serializers.IntegerField()
    asked = serializers.IntegerField(help_text="By name: by a level or a colleague.")
    predicted_minutes = serializers.FloatField(source="minutes", help_text="Of all that waits with them, anywhere.")
    decided_today = serializers.IntegerField(source="today")
    decided_in_seven_days = serializers.IntegerField(source="week")
    median_seconds = serializers.FloatField(source="median", allow_null=True)
    sample = serializers.IntegerField(help_text="Decisions that the median was taken from.")


class TeamShown(Shown):
    queue = QueueShown()
    waiting = WaitingShown()
    people = MemberShown(many=True)
    next_breaches = TaskRow(many=True)
    absences = AbsenceShown(many=True)


class Hold(Strict):
    reason = serializers.CharField(max_length=300)


class Picked(Strict):
    tasks = serializers.ListField(child=Identifier(), min_length=1, max_length=MOST)


class Handover(Picked):
    versions = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=2**31 - 1),
        required=False,
        default=dict,
        help_text="By task, as each was looked at: what has changed since is held back. Others are not asked.",
    )
    to = serializers.CharField(
        required=False, allow_null=True, default=None, max_length=100, help_text="A user name; null: back to the queue."
    )


class AbsenceGiven(Strict):
    person = serializers.CharField(max_length=100, help_text="A user name.")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    delegate = serializers.CharField(required=False, allow_null=True, default=None, max_length=100)


class HeldBackShown(Shown):
    task = serializers.UUIDField(source="task_id")
    title = serializers.CharField()
    why = serializers.CharField()


class HandedShown(Shown):
    tasks = serializers.SerializerMethodField(help_text="Those that went.")
    held_back = HeldBackShown(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_tasks(self, handed: Any) -> list[str]:
        return [str(task.pk) for task in handed.tasks]

"""Several tasks decided in one act, as programs see it."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Identifier, Instant, Shown, Strict, Text
from reviewhub.reviews.services.together import MOST


class TaskPicked(Strict):
    id = Identifier()
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, help_text="As it was looked at.")


class DecisionsGiven(Strict):
    tasks = serializers.ListField(
        child=TaskPicked(),
        min_length=1,
        max_length=MOST,
        help_text="In this order; the first says what is asked.",
    )
    outcome = Text(max_length=100)
    reasons = serializers.ListField(child=Text(max_length=81), required=False, default=list, max_length=20)
    note = Text(required=False, default="", allow_blank=True, max_length=4000)


class PickedShown(Shown):
    task = serializers.UUIDField()
    status = serializers.ChoiceField(choices=("decided", "held_back", "unknown"))
    title = serializers.CharField(help_text="Empty where it is unknown to the caller.")
    because = serializers.CharField(help_text="Why it was held back; empty where it was not.")
    decision = serializers.UUIDField(allow_null=True)
    undo_until = Instant(allow_null=True, help_text="Until then it can be taken back, at the task itself.")


class DecisionsShown(Shown):
    decided = serializers.IntegerField()
    held_back = serializers.IntegerField()
    results = PickedShown(many=True, help_text="One for each task, in the order given.")

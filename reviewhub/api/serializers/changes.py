"""Differences of a case, as programs see them."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Instant, Shown, Strict, Text
from reviewhub.api.serializers.tasks import CommentShown


class ChangeShown(Shown):
    path = serializers.CharField(
        source="name", help_text="fields.amount, input.supplier.name, steps.quote.items.2.price."
    )
    label = serializers.CharField(help_text="As the workflow calls it; empty: nothing in particular.")  # type: ignore[assignment]
    kind = serializers.ChoiceField(
        choices=("value", "text", "list", "document", "result"),
        help_text="result: what a step gave that had given nothing before.",
    )
    how = serializers.ChoiceField(choices=("changed", "added", "removed"))
    was = serializers.JSONField(help_text="Of a list the entries that went; null: there was nothing.")
    now = serializers.JSONField(help_text="Of a list the entries that came; null: there is nothing.")


class AnswerShown(Shown):
    asked = serializers.CharField()
    by = serializers.CharField(help_text="Who asked.")
    answer = serializers.CharField()
    at = serializers.CharField()


class ChangesShown(Shown):
    since = Instant(allow_null=True, help_text="Process time; null: the caller had not seen the case before.")
    earlier = serializers.UUIDField(
        source="earlier.pk", allow_null=True, help_text="The task of the case that is compared with; null: this one."
    )
    mark = serializers.CharField(help_text="What says to PUT seen/ that all of this has been seen.")
    changes = ChangeShown(many=True, source="found")
    answers = AnswerShown(many=True, help_text="Of the requester.")
    comments = CommentShown(many=True)


class ChangesQuery(Strict):
    since = serializers.DateTimeField(
        required=False,
        help_text="An instant of process time; otherwise since the caller last saw the case. A service token has seen "
        "none: it is told what is different from the case's task before.",
    )


class SeenGiven(Strict):
    mark = Text(max_length=40, help_text="From changes/: how far the caller has seen the task.")

"""How alike a queue decides, as programs see it."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Instant, PersonShown, Shown, Strict, Text
from reviewhub.api.serializers.queries import PageQuery


class AgreementShown(Shown):
    pairs = serializers.IntegerField(help_text="Cases that two people decided, the second without knowing.")
    same = serializers.IntegerField()
    kappa = serializers.FloatField(allow_null=True, help_text="Cohen's; null below 30 pairs, or without any spread.")
    low = serializers.FloatField(allow_null=True, help_text="Of its 95 % interval.")
    high = serializers.FloatField(allow_null=True)


class ShareShown(Shown):
    of = serializers.IntegerField()
    right = serializers.IntegerField()
    low = serializers.FloatField(allow_null=True, help_text="Of its 95 % interval; null below 30.")
    high = serializers.FloatField(allow_null=True)


class PairShown(Shown):
    people = serializers.ListField(child=serializers.CharField())
    agreement = AgreementShown()


class ReviewerShown(Shown):
    name = serializers.CharField()
    decisions = serializers.IntegerField(help_text="Timed ones, the latest 100.")
    seconds = serializers.FloatField(allow_null=True, help_text="Their median; null below 10.")
    opened = ShareShown(help_text="Before which all of a case's evidence came into view, where that is known.")
    in_view = serializers.FloatField(allow_null=True, help_text="Seconds for which any of it was, the median.")


class QualityShown(Shown):
    queue = serializers.CharField(source="queue.slug")
    second_share = serializers.IntegerField(source="queue.second_share", help_text="Percent of its decisions.")
    known_share = serializers.IntegerField(source="queue.known_share", help_text="Percent of its decisions.")
    looks_by = serializers.CharField(
        source="queue.looks_by.name", default=None, allow_null=True, help_text="The group that takes second looks."
    )
    looks_in = serializers.CharField(
        source="queue.looks_in.slug", default=None, allow_null=True, help_text="The other queue that takes them."
    )
    waiting = serializers.IntegerField(help_text="Second looks among its open tasks.")
    agreement = AgreementShown()
    known = ShareShown(help_text="Known answers that were found.")
    pairs = PairShown(many=True)
    people = ReviewerShown(source="times", many=True, help_text="In the order of their names.")


class KnownAnswerShown(Shown):
    task = serializers.UUIDField(source="task_id", help_text="The closed case.")
    title = serializers.CharField(source="task.title")
    queue = serializers.CharField(source="task.queue.slug")
    outcome = serializers.CharField(help_text="The right one.")
    marked_by = PersonShown()
    marked_at = Instant()
    given = serializers.IntegerField(default=0, help_text="How often it was put before somebody.")


class KnownAnswerQuery(PageQuery):
    queue = serializers.CharField(required=False, max_length=100, help_text="A queue's slug.")


class KnownAnswerGiven(Strict):
    outcome = Text(max_length=100)


class QualityList(Shown):
    items = QualityShown(many=True)

"""What a list may be asked."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Strict
from reviewhub.reviews.selectors import VIEWS

MAX_PAGE = 200


class PageQuery(Strict):
    cursor = serializers.CharField(required=False, max_length=500, help_text="From the `next` of the page before.")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MAX_PAGE)


class RunQuery(PageQuery):
    workflow = serializers.CharField(required=False, max_length=100)
    status = serializers.ChoiceField(required=False, choices=("running", "ending", "succeeded", "failed", "cancelled"))
    outcome = serializers.CharField(required=False, max_length=100)
    event_id = serializers.CharField(required=False, max_length=255)
    business_key = serializers.CharField(required=False, max_length=255)
    started_from = serializers.DateTimeField(required=False, help_text="At this instant or later.")
    started_before = serializers.DateTimeField(required=False)


class ReviewQuery(PageQuery):
    pass


class TaskQuery(PageQuery):
    view = serializers.ChoiceField(
        required=False,
        default="waiting",
        choices=("waiting", "all", *VIEWS),
        help_text="`done` is what the caller has decided today, newest first; all others by urgency.",
    )
    queue = serializers.CharField(required=False, max_length=100)
    workflow = serializers.CharField(required=False, max_length=100)
    run = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(required=False, choices=("review", "incident"))
    status = serializers.ChoiceField(required=False, choices=("open", "claimed", "decided", "closed", "withdrawn"))


class StepQuery(PageQuery):
    limit = serializers.IntegerField(required=False, default=MAX_PAGE, min_value=1, max_value=1000)


class TimelineQuery(Strict):
    after = serializers.IntegerField(required=False, default=0, min_value=0, max_value=2**31 - 1)
    limit = serializers.IntegerField(required=False, default=MAX_PAGE, min_value=1, max_value=1000)


class NothingToAsk(Strict):
    pass


class OverrideQuery(Strict):
    workflow = serializers.CharField(required=False, default="", max_length=100)
    since = serializers.DateTimeField(required=False, help_text="Received at this instant or later.")
    limit = serializers.IntegerField(required=False, default=1000, min_value=1, max_value=10_000)


class ReasonQuery(Strict):
    workflow = serializers.CharField(
        required=False, default="", max_length=100, help_text="With this workflow's own; else those of every workflow."
    )

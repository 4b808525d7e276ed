"""Runs, their steps and their timelines, as programs see them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reviewhub.api.fields import Instant, Shown, Strict


def run_url(run_id: Any) -> str:
    return f"/api/v1/runs/{run_id}/"


class OriginShown(Shown):
    run_id = serializers.UUIDField(source="origin_id", allow_null=True)
    how = serializers.ChoiceField(source="origin_how", choices=("rerun", "retry", "fork"))
    at = serializers.IntegerField(source="origin_at", allow_null=True, help_text="The last event that was taken over.")
    step = serializers.CharField(source="origin_step", help_text="The step that a retry began with.")


class FollowedBy(Shown):
    id = serializers.UUIDField()
    how = serializers.ChoiceField(source="origin_how", choices=("rerun", "retry", "fork"))
    status = serializers.ChoiceField(choices=("running", "ending", "succeeded", "failed", "cancelled"))


class RunShown(Shown):
    id = serializers.UUIDField()
    url = serializers.SerializerMethodField()
    workflow = serializers.CharField(source="workflow.name")
    version = serializers.IntegerField(source="version.number")
    status = serializers.ChoiceField(choices=("running", "ending", "succeeded", "failed", "cancelled"))
    outcome = serializers.CharField(help_text="Empty while the run is open.")
    source = serializers.CharField(help_text="manual, api, webhook:<path> …")  # type: ignore[assignment]
    event_id = serializers.CharField(allow_null=True)
    business_key = serializers.CharField(allow_null=True)
    started_at = Instant()
    ended_at = Instant(allow_null=True)
    paused_at = Instant(allow_null=True, help_text="Since when somebody holds it; null while it runs.")
    origin = serializers.SerializerMethodField()

    def get_url(self, run: Any) -> str:
        return run_url(run.pk)

    @extend_schema_field(OriginShown(allow_null=True))
    def get_origin(self, run: Any) -> dict[str, Any] | None:
        return dict(OriginShown(run).data) if run.origin_how else None


class RunWithInput(RunShown):
    input = serializers.DictField()
    error = serializers.DictField(allow_null=True)
    followed_by = serializers.SerializerMethodField(help_text="Runs that were started from this one, oldest first.")

    @extend_schema_field(FollowedBy(many=True))
    def get_followed_by(self, run: Any) -> list[dict[str, Any]]:
        return list(FollowedBy(run.followed_by.order_by("started_at", "id"), many=True).data)


class RunStart(Strict):
    workflow = serializers.CharField(max_length=100)
    input = serializers.DictField()
    event_id = serializers.RegexField(
        r"^[\x21-\x7e]+$",
        required=False,
        max_length=255,
        help_text="The same event starts one run, for ever.",
    )


class RunStarted(Shown):
    run_id = serializers.UUIDField()
    url = serializers.SerializerMethodField()
    created = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=("new", "event", "key"), help_text="Why this run is the answer.")

    def get_url(self, started: Any) -> str:
        return run_url(started.run_id)


class Retry(Strict):
    step = serializers.CharField(max_length=255, help_text="The path of the step to begin with.")


class Fork(Strict):
    sequence = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The last event to take over.")


class Migration(Strict):
    to = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The number of the version.")
    map = serializers.DictField(
        child=serializers.CharField(max_length=100), default=dict, help_text="New step ids by old ones; others stay."
    )
    dry_run = serializers.BooleanField(default=False)


class MigrationShown(Shown):
    possible = serializers.SerializerMethodField()
    moved = serializers.DictField(help_text="New paths of finished steps by their old ones.")
    anew = serializers.ListField(child=serializers.CharField(), help_text="Open steps that begin anew.")
    renamed = serializers.DictField(help_text="Open steps that begin anew at another place, by their old paths.")
    carried = serializers.DictField(help_text="Open reviews, waits and blocks that go on at another place.")
    held = serializers.DictField(help_text="What a paused run enters later, at another place.")
    faults = serializers.ListField(child=serializers.CharField(), help_text="Every reason to refuse it.")
    notes = serializers.ListField(child=serializers.CharField())

    def get_possible(self, plan: Any) -> bool:
        return not plan.faults


class Pause(Strict):
    reason = serializers.CharField(max_length=300)


class Cancellation(Strict):
    reason = serializers.CharField(max_length=300)


class AttemptShown(Shown):
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=("running", "succeeded", "failed", "lost", "returned", "cancelled"))
    started_at = Instant()
    ended_at = Instant(allow_null=True)
    error = serializers.DictField(allow_null=True)


class StepShown(Shown):
    path = serializers.CharField()
    step_id = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(
        choices=(
            "ready",
            "running",
            "retrying",
            "limited",
            "waiting",
            "incident",
            "registered",
            "succeeded",
            "failed",
            "skipped",
            "cancelled",
        )
    )
    input = serializers.JSONField(help_text="Null where there is none.")
    result = serializers.JSONField(help_text="Null until it succeeded.")
    error = serializers.DictField(allow_null=True)
    started_at = Instant()
    ended_at = Instant(allow_null=True)
    attempts = serializers.SerializerMethodField()

    @extend_schema_field(AttemptShown(many=True))
    def get_attempts(self, step: Any) -> list[dict[str, Any]]:
        tried = [attempt for attempt in self.context["attempts"] if attempt.path == step.path]
        return list(AttemptShown(tried, many=True).data)


class ActorShown(Shown):
    kind = serializers.ChoiceField(choices=("person", "token", "system", "ai"))
    label = serializers.CharField()  # type: ignore[assignment]


class EntryShown(Shown):
    sequence = serializers.IntegerField()
    kind = serializers.CharField()
    at = Instant()
    actor = ActorShown()
    data = serializers.DictField()  # type: ignore[assignment]
    values = serializers.DictField(allow_null=True, help_text="Null where there are none, or they were erased.")


class TimerShown(Shown):
    name = serializers.CharField(help_text="<path or review key>:<what>")
    clock = serializers.ChoiceField(choices=("process", "system"))
    due_at = Instant()
    status = serializers.ChoiceField(choices=("armed", "fired", "stopped", "held"))


class StepThen(Shown):
    path = serializers.CharField()
    step_id = serializers.CharField(source="id")
    kind = serializers.CharField()
    status = serializers.CharField()
    input = serializers.JSONField(help_text="Null where there is none.")
    result = serializers.JSONField(help_text="Null until it succeeded.")
    error = serializers.DictField(allow_null=True)
    attempts = serializers.IntegerField()
    started_at = Instant()
    ended_at = Instant(allow_null=True)


class StateShown(Shown):
    sequence = serializers.IntegerField()
    status = serializers.CharField()
    outcome = serializers.CharField(help_text="Empty while the run is open.")
    paused_at = Instant(allow_null=True)
    steps = serializers.SerializerMethodField()
    timers = serializers.SerializerMethodField()

    @extend_schema_field(StepThen(many=True))
    def get_steps(self, state: Any) -> list[dict[str, Any]]:
        return list(StepThen(list(state.steps.values()), many=True).data)

    @extend_schema_field(TimerShown(many=True))
    def get_timers(self, state: Any) -> list[dict[str, Any]]:
        return list(TimerShown(list(state.timers.values()), many=True).data)

"""Workflows and their versions, as programs see them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reviewhub.api.fields import Instant, Shown, Strict


class VersionShown(Shown):
    number = serializers.IntegerField()
    note = serializers.CharField()
    content_hash = serializers.CharField()
    published_at = Instant()
    published_by = serializers.CharField()


class PauseShown(Shown):
    """Since when new runs stay at their start."""

    at = Instant(source="paused_at")
    by = serializers.CharField(source="paused_by")
    reason = serializers.CharField(source="pause_reason")
    holds_open = serializers.BooleanField(source="pause_holds_open")


class WorkflowPause(Strict):
    reason = serializers.CharField(max_length=300)
    holds_open = serializers.BooleanField(
        required=False, default=True, help_text="Whether runs that are open stand still too, or new ones alone."
    )


class VersionWithText(VersionShown):
    text = serializers.CharField(help_text="As the person wrote it.")
    definition = serializers.DictField(help_text="Canonical, as the engine reads it.")


class WorkflowShown(Shown):
    name = serializers.CharField()
    title = serializers.CharField()
    owner = serializers.CharField()
    url = serializers.SerializerMethodField()
    current = VersionShown(allow_null=True, help_text="The version that new runs take.")
    paused = serializers.SerializerMethodField()

    @extend_schema_field(PauseShown(allow_null=True))
    def get_paused(self, workflow: Any) -> Any:
        return PauseShown(workflow).data if workflow.paused_at is not None else None

    def get_url(self, workflow: Any) -> str:
        return f"/api/v1/workflows/{workflow.name}/"


class WorkflowWithText(WorkflowShown):
    current = VersionWithText(allow_null=True)


class Deployment(Strict):
    text = serializers.CharField(trim_whitespace=False, max_length=500_000)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)
    skip_tests = serializers.BooleanField(required=False, default=False, help_text="Publishes though tests fail.")


class DeploymentQuery(Strict):
    note = serializers.CharField(required=False, max_length=500, help_text="Why; where the body is the text itself.")
    skip_tests = serializers.BooleanField(required=False, help_text="Publishes though tests fail.")

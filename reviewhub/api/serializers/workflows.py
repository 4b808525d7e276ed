"""Workflows and their versions, as programs see them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from reviewhub.api.fields import Instant, Shown, Strict


class VersionShown(Shown):
    number = serializers.IntegerField()
    note = serializers.CharField()
    content_hash = serializers.CharField()
    published_at = Instant()
    published_by = serializers.CharField()


class VersionWithText(VersionShown):
    text = serializers.CharField(help_text="As the person wrote it.")
    definition = serializers.DictField(help_text="Canonical, as the engine reads it.")


class WorkflowShown(Shown):
    name = serializers.CharField()
    title = serializers.CharField()
    owner = serializers.CharField()
    url = serializers.SerializerMethodField()
    current = VersionShown(allow_null=True, help_text="The version that new runs take.")

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

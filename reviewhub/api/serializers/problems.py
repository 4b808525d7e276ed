"""Errors, for the schema."""

from __future__ import annotations

from rest_framework import serializers

from reviewhub.api.fields import Shown


class PathFault(Shown):
    path = serializers.CharField(help_text="A JSON Pointer into what was sent.")
    message = serializers.CharField()


class LineFault(Shown):
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    path = serializers.CharField()
    message = serializers.CharField()
    level = serializers.ChoiceField(choices=("error", "advice"))


class ProblemShown(Shown):
    type = serializers.CharField(help_text="An address that says what kind of problem this is.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = PathFault(many=True, required=False)  # type: ignore[assignment]
    faults = LineFault(many=True, required=False, help_text="Of a workflow's text.")
    happened = serializers.DictField(required=False, help_text="What happened instead.")

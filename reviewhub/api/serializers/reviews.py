"""Reviews that other systems ask for, as they send and read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reviewhub.api.fields import Instant, PersonShown, Shown, Strict
from reviewhub.api.serializers.changes import AnswerShown, ChangeShown
from reviewhub.api.serializers.documents import DocumentNamed

AS_IN_A_WORKFLOW = "As in a workflow's review step."
MOST_BYTES_OF_METADATA = 10_000


@extend_schema_field(OpenApiTypes.ANY)
class Written(serializers.JSONField):
    """Something of the workflow language; the language itself checks it."""

    def __init__(self, about: str = "") -> None:
        super().__init__(required=False, help_text=f"{AS_IN_A_WORKFLOW} {about}".strip())


class DocumentAsked(Strict):
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(required=False, max_length=200_000, trim_whitespace=False)
    url = serializers.URLField(required=False, max_length=2000)
    document = DocumentNamed(required=False, help_text="A file, sent before with POST reviews/documents/.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if len(given.keys() & {"text", "url", "document"}) != 1:
            raise serializers.ValidationError("A document has either a text, a url or a document.")
        return given


class ContextAsked(Strict):
    facts = serializers.DictField(required=False, help_text="What the case is about, by name.")
    documents = DocumentAsked(many=True, required=False)


class EvidenceAsked(Strict):
    source = serializers.CharField(max_length=200)  # type: ignore[assignment]
    quote = serializers.CharField(max_length=2000)


class FieldRead(Strict):
    value = serializers.JSONField(allow_null=True)
    confidence = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)
    source = serializers.CharField(required=False, allow_blank=True, max_length=200)  # type: ignore[assignment]
    quote = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class RecommendationAsked(Strict):
    outcome = serializers.CharField(max_length=60)
    confidence = serializers.FloatField(required=False, allow_null=True, min_value=0, max_value=1)
    reasons = serializers.ListField(child=serializers.CharField(max_length=1000), required=False, max_length=20)
    evidence = EvidenceAsked(many=True, required=False)
    would_change = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    model = serializers.CharField(required=False, allow_blank=True, max_length=200)
    fields = serializers.DictField(  # type: ignore[assignment]
        child=FieldRead(), required=False, help_text="What was read for the review's fields, by their names."
    )


class FieldAsked(Strict):
    value = serializers.JSONField(allow_null=True)
    label = serializers.CharField(required=False, max_length=80)  # type: ignore[assignment]
    type = serializers.ChoiceField(choices=("string", "text", "number", "integer", "boolean", "json"), required=False)
    edit = serializers.BooleanField(required=False, help_text="Whether the reviewer may correct it.")


class ReviewAsked(Strict):
    title = serializers.CharField(max_length=300)
    context = ContextAsked(required=False)  # type: ignore[assignment]
    recommendation = RecommendationAsked(required=False, allow_null=True)
    outcomes = Written("Approve and reject, where it is not said.")
    fields = serializers.DictField(child=FieldAsked(), required=False)  # type: ignore[assignment]
    highlights = serializers.DictField(
        child=serializers.JSONField(), required=False, help_text="Labels with a text or a number."
    )
    concerns = serializers.ListField(child=serializers.CharField(max_length=500), required=False, max_length=20)
    queue = serializers.CharField(max_length=100)
    approvals = Written("One person, where it is not said.")
    requester = serializers.CharField(
        required=False, max_length=254, help_text="Whose request it is: an address or a user name. May not decide it."
    )
    exclude = serializers.ListField(
        child=serializers.CharField(max_length=254), required=False, max_length=50, help_text="Who else may not."
    )
    sla = Written()
    escalate = Written()
    unanswered = Written()
    undo = Written()
    owner = serializers.CharField(required=False, max_length=100, help_text="The user name of who owns the process.")
    callback_url = serializers.URLField(
        required=False, max_length=2000, help_text="Is told the answer; beneath the address of a callback connection."
    )
    metadata = serializers.DictField(required=False, help_text="Yours; given back as it is.")
    event_id = serializers.RegexField(
        r"^[\x21-\x7e]+$", required=False, max_length=255, help_text="The same event asks once, for ever."
    )

    def validate_metadata(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if len(json.dumps(given)) > MOST_BYTES_OF_METADATA:
            raise serializers.ValidationError(f"At most {MOST_BYTES_OF_METADATA} bytes of JSON.")
        return given


class ReviewDecisionShown(Shown):
    by = PersonShown()
    outcome = serializers.CharField()
    at = Instant()


class ReviewShown(Shown):
    id = serializers.UUIDField()
    url = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(
        choices=("waiting", "decided", "closed", "withdrawn"),
        help_text="decided: it may still be taken back; closed: it counts, for ever.",
    )
    outcome = serializers.CharField(allow_null=True)
    unanswered = serializers.BooleanField(
        help_text="Nobody answered in time, and the outcome is what was asked for then."
    )
    decided_by = PersonShown(allow_null=True)
    decided_at = Instant(allow_null=True)
    undo_until = Instant(allow_null=True)
    fields = serializers.DictField(allow_null=True, help_text="As the reviewer left them.")  # type: ignore[assignment]
    reasons = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(allow_blank=True)
    decisions = ReviewDecisionShown(many=True, help_text="Of all who decided it together.")
    answers = AnswerShown(many=True, help_text="Of the requester, to what reviewers asked.")
    changes = ChangeShown(many=True, help_text="Documents that came with the answers, against those it had.")
    requested_at = Instant()
    due_at = Instant(allow_null=True)
    ended_at = Instant(allow_null=True)
    withdrawn_reason = serializers.CharField(allow_blank=True)
    task_url = serializers.CharField(allow_null=True, help_text="Where people decide it.")
    callback_url = serializers.CharField(allow_null=True)
    called_back = serializers.BooleanField(help_text="Whether the callback was taken.")
    metadata = serializers.DictField()

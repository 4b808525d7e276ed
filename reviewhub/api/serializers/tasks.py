"""Review tasks, as programs see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from orchestration.ports import clock
from reviewhub.api.fields import Instant, PersonShown, Shown, Strict, Text
from reviewhub.api.serializers.documents import DocumentNamed
from reviewhub.reviews.approvals import is_sealed
from reviewhub.reviews.models import Decision, Override, ReviewTask
from reviewhub.reviews.selectors import future_of
from reviewhub.reviews.selectors.approvals import approvals_of


class TaskRow(Shown):
    id = serializers.UUIDField()
    url = serializers.SerializerMethodField()
    version = serializers.IntegerField(help_text="What the ETag says.")
    kind = serializers.ChoiceField(choices=ReviewTask.Kind.values)
    title = serializers.CharField()
    queue = serializers.CharField(source="queue.slug")
    workflow = serializers.CharField()
    workflow_version = serializers.IntegerField()
    run = serializers.SerializerMethodField(
        help_text="Null for whoever may be asked to decide the task, until it is closed."
    )
    step = serializers.CharField(source="step_id")
    status = serializers.ChoiceField(choices=ReviewTask.Status.values)
    priority = serializers.ChoiceField(choices=ReviewTask.Priority.values)
    critical = serializers.BooleanField()
    stage = serializers.CharField(help_text="Empty, half, three_quarters or breach: how much of the time is gone.")
    level = serializers.IntegerField(help_text="Of escalation, as reached; 0 for none.")
    highlights = serializers.ListField(child=serializers.DictField())
    concerns = serializers.ListField(child=serializers.CharField())
    proposed_outcome = serializers.CharField(source="ai_outcome", help_text="Empty: nothing is proposed.")
    proposed_by = serializers.CharField(help_text="ai, rules (of incidents), or empty: nothing is proposed.")
    ai_outcome = serializers.SerializerMethodField(help_text="Empty: no recommendation.")
    ai_confidence = serializers.FloatField(allow_null=True, help_text="Calibrated, 0 to 1; null: no number.")
    created_at = Instant()
    due_at = Instant(allow_null=True)
    holder = serializers.SerializerMethodField()
    outcome = serializers.CharField(help_text="Empty until decided.")
    decided_at = Instant(allow_null=True)
    undo_until = Instant(allow_null=True, help_text="Until then the decision can be taken back; system time.")
    closed_at = Instant(allow_null=True)
    unanswered = serializers.BooleanField()

    def get_url(self, task: ReviewTask) -> str:
        return f"/api/v1/tasks/{task.pk}/"

    def get_run(self, task: ReviewTask) -> UUID | None:
        """`told_run`: of `reviewhub.api.visibility`, in the context."""
        told_run: Callable[[ReviewTask], UUID | None] = self.context["told_run"]
        return told_run(task)

    def get_ai_outcome(self, task: ReviewTask) -> str:
        return said_by_ai(task)

    def get_holder(self, task: ReviewTask) -> str | None:
        """Who has claimed it, as long as the lease holds."""
        held = task.holder_id(clock().system_now()) is not None
        return task.claimed_by.username if held and task.claimed_by else None


def said_by_ai(row: ReviewTask | Override) -> str:
    """What rules propose is not what an AI says."""
    return row.ai_outcome if row.proposed_by == "ai" else ""


class OutcomeShown(Shown):
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    risk = serializers.CharField(help_text="low or high; high needs `confirmed`.")
    reason = serializers.CharField(help_text="When reasons are needed: against_ai, always or never.")


class RecommendationShown(Shown):
    outcome = serializers.CharField(help_text="Empty: it abstained.")
    confidence = serializers.FloatField(allow_null=True)
    agreed = serializers.IntegerField(allow_null=True)
    sample = serializers.IntegerField(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    evidence = serializers.ListField(child=serializers.DictField())
    would_change = serializers.CharField()
    text = serializers.CharField()
    fields = serializers.DictField(help_text="What was read, by field.")  # type: ignore[assignment]
    provenance = serializers.DictField()


class FutureShown(Shown):
    kind = serializers.ChoiceField(choices=("half", "three_quarters", "breach", "level", "unanswered"))
    at = Instant()
    people = serializers.ListField(child=serializers.CharField(), help_text="Whom a level reaches, as of now.")
    level = serializers.IntegerField(allow_null=True)
    applies = serializers.BooleanField(help_text="False where its condition was false.")
    condition = serializers.CharField(allow_null=True)
    outcome = serializers.CharField(help_text="Of unanswered.")
    reached = serializers.BooleanField()


class OverrideShown(Shown):
    proposed_outcome = serializers.CharField(source="ai_outcome", help_text="Empty: nothing was proposed.")
    proposed_by = serializers.CharField(help_text="ai, rules (of incidents), or empty: nothing was proposed.")
    ai_outcome = serializers.SerializerMethodField(help_text="Empty: it abstained, or was not asked.")
    against_ai = serializers.SerializerMethodField(help_text="The outcome itself differs, and not only a field.")
    direction = serializers.CharField(help_text="same, stricter, lenient or aside; empty: from before it was kept.")
    severity = serializers.CharField(help_text="minor, moderate, severe, or empty: of the AI's answer.")
    ai_right_if_known = serializers.CharField(help_text="yes, no, unsure, or empty.")
    differences = serializers.ListField(
        child=serializers.DictField(),
        help_text="Corrected fields: field, label, ai_value, human_value, and read where it was read.",
    )
    trains = serializers.BooleanField(help_text="False where a reason never trains a model.")

    def get_ai_outcome(self, override: Override) -> str:
        return said_by_ai(override)

    def get_against_ai(self, override: Override) -> bool:
        return override.against_ai and override.proposed_by == "ai"


class DecisionShown(Shown):
    id = serializers.UUIDField()
    outcome = serializers.CharField()
    by = PersonShown()
    received_at = Instant()
    undo_until = Instant(allow_null=True)
    fields = serializers.DictField()  # type: ignore[assignment]
    channel = serializers.ChoiceField(choices=Decision.Channel.values)
    reasons = serializers.SerializerMethodField()
    note = serializers.SerializerMethodField()
    override = serializers.SerializerMethodField(help_text="What it says against the AI; null where it agrees.")

    def get_reasons(self, decision: Decision) -> list[str]:
        override = getattr(decision, "override", None)
        return [reason.code for reason in override.reasons.all()] if override else []

    @extend_schema_field(OverrideShown(allow_null=True))
    def get_override(self, decision: Decision) -> dict[str, Any] | None:
        override = getattr(decision, "override", None)
        return dict(OverrideShown(override).data) if override else None

    def get_note(self, decision: Decision) -> str:
        override = getattr(decision, "override", None)
        return override.note if override else ""


class SeatShown(Shown):
    status = serializers.ChoiceField(choices=("voted", "asked", "later"))
    people = serializers.ListField(
        child=serializers.CharField(), help_text="Whoever decided or is asked; empty: anybody of the queue."
    )
    outcome = serializers.CharField(help_text="Empty where nobody may see it yet.")
    at = Instant(allow_null=True)
    decides = serializers.BooleanField(help_text="Settles alone what the others did not agree on.")


class ApprovalsShown(Shown):
    need = serializers.IntegerField(help_text="How many have to decide the same.")
    in_order = serializers.BooleanField()
    blind = serializers.BooleanField()
    sealed = serializers.BooleanField(help_text="What others decided is shown when all have.")
    disputed = serializers.BooleanField()
    seats = SeatShown(many=True)


class TaskShown(TaskRow):
    outcomes = OutcomeShown(many=True)
    fields = serializers.ListField(  # type: ignore[assignment]
        child=serializers.DictField(),
        help_text="Each with name, label, value, type, edit; and read where the AI read it: value, quote, source, "
        "own_confidence (its own word), and confidence, agreed, sample where that was fitted to what people did.",
    )
    why = serializers.ListField(child=serializers.CharField(), help_text="Why a person is asked.")
    skills = serializers.ListField(child=serializers.CharField(), help_text="What whoever is given it must know.")
    context = serializers.DictField(help_text="The run's input and its steps' results.")  # type: ignore[assignment]
    recommendation = RecommendationShown(allow_null=True)
    future = serializers.SerializerMethodField(help_text="Who gets it next, and when.")
    incident = serializers.DictField(allow_null=True)
    evidence_hash = serializers.CharField(help_text="SHA-256 of what a reviewer is shown.")
    withdrawn_reason = serializers.CharField()
    information = serializers.ListField(
        child=serializers.DictField(),
        help_text="What the requester was asked and answered: asked, by, answer, at, and documents.",
    )
    wakes_at = Instant(allow_null=True, help_text="When it comes back by itself, while it is asked or snoozed.")
    stands_still_since = Instant(allow_null=True, help_text="Since when its clock stands still; null: it runs.")
    decision = serializers.SerializerMethodField()
    approvals = serializers.SerializerMethodField(help_text="Null where one person decides.")
    ai_hidden = serializers.BooleanField(help_text="What the AI recommends is shown after a first answer of one's own.")

    @extend_schema_field(FutureShown(many=True))
    def get_future(self, task: ReviewTask) -> list[dict[str, Any]]:
        return list(FutureShown(future_of(task), many=True).data)

    @extend_schema_field(DecisionShown(allow_null=True))
    def get_decision(self, task: ReviewTask) -> dict[str, Any] | None:
        if task.is_waiting:
            return None
        standing = task.decisions.filter(taken_back_at=None).select_related("by", "override").last()
        return dict(DecisionShown(standing).data) if standing else None

    @extend_schema_field(ApprovalsShown(allow_null=True))
    def get_approvals(self, task: ReviewTask) -> dict[str, Any] | None:
        if task.approvals is None:
            return None
        found = approvals_of(task, () if is_sealed(task) else task.decisions.all())
        return dict(ApprovalsShown(found).data) if found else None


class DecisionGiven(Strict):
    outcome = Text(max_length=100)
    corrections = serializers.DictField(required=False, default=dict, help_text="Corrected fields by their names.")
    reasons = serializers.ListField(child=Text(max_length=81), required=False, max_length=20)
    note = Text(required=False, default="", allow_blank=True, max_length=4000)
    ai_right_if_known = serializers.ChoiceField(choices=("", "yes", "no", "unsure"), required=False, default="")
    severity = serializers.ChoiceField(
        choices=("", "minor", "moderate", "severe"), required=False, default="", help_text="Of the AI's answer."
    )
    confirmed = serializers.BooleanField(required=False, default=False)
    evidence_hash = serializers.RegexField(r"^[0-9a-f]{64}$", required=False, default="")
    seconds_spent = serializers.FloatField(required=False, min_value=0, max_value=86_400)


class InformationAsked(Strict):
    text = Text(max_length=4000, help_text="Goes to the requester by mail, with a link to answer.")


class SnoozeGiven(Strict):
    until = serializers.DateTimeField(help_text="Process time: 30 days at most, and before a deadline that runs.")


class DelegationGiven(Strict):
    to = Text(max_length=150, help_text="A user name: of the queue, its manager or backup, or yours.")
    note = Text(required=False, default="", allow_blank=True, max_length=500)


class RefusalGiven(Strict):
    reason = Text(max_length=500)


class EscalationGiven(Strict):
    note = Text(required=False, default="", allow_blank=True, max_length=500)


class NudgeShown(Shown):
    told = serializers.ListField(child=serializers.CharField(), help_text="Who was reminded, by name.")
    at = Instant()
    again_at = Instant(help_text="Until then nobody is reminded of this task again.")


class ReasonShown(Shown):
    code = serializers.CharField(help_text="As decisions name it: policy, or policy/rule_outdated.")
    label = serializers.CharField()  # type: ignore[assignment]
    version = serializers.IntegerField(help_text="Decisions keep the version that they gave.")
    workflow = serializers.CharField(help_text="Whose own it is; empty: every workflow's.")
    feeds = serializers.CharField(help_text="Where it goes: the recommender, the process owner and so on.")
    trains = serializers.BooleanField()
    needs_note = serializers.BooleanField()


class CommentShown(Shown):
    id = serializers.IntegerField()
    by = PersonShown()
    text = serializers.CharField()
    mentioned = serializers.ListField(child=serializers.CharField(), help_text="User names of those who were told.")
    documents = serializers.ListField(child=serializers.DictField(), help_text="What is attached to it.")
    created_at = Instant()


class CommentGiven(Strict):
    text = Text(max_length=4000, required=False, default="", allow_blank=True)
    documents = serializers.ListField(
        child=DocumentNamed(), required=False, max_length=5, help_text="Sent before, with POST tasks/<id>/documents/."
    )

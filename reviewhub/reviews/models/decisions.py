"""Decisions and overrides. Neither ever changes, and neither touches what the AI said."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from reviewhub.reviews.models.reasons import OverrideReason
from reviewhub.reviews.models.tasks import ReviewTask, proposer_of


class Decision(models.Model):
    """The act of deciding. Only the fact of being taken back is added later, by compare-and-set."""

    class Channel(models.TextChoices):
        WEB = "web", _lazy("In the browser")
        API = "api", _lazy("Over the API")
        MAIL = "eml", _lazy("By a link in a mail")
        CHAT = "cht", _lazy("In a chat")
        APP = "app", _lazy("On the phone")  # the installed app's cards; it may have been offline

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(ReviewTask, on_delete=models.PROTECT, related_name="decisions")
    seat = models.PositiveSmallIntegerField(default=0)  # where several decide; each is filled once
    outcome = models.CharField(max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    received_at = models.DateTimeField()  # process time; the SLA is met at this moment
    recorded_at = models.DateTimeField()  # system time
    undo_until = models.DateTimeField(null=True, blank=True)  # system time; none: it counted at once
    fields = models.JSONField(default=dict)  # every field's final value
    task_version = models.PositiveIntegerField()  # as it was shown
    channel = models.CharField(max_length=3, choices=Channel)
    confirmed = models.BooleanField(default=False)  # the deliberate confirmation of a high-risk outcome
    ai_was_seen = models.BooleanField(default=False)
    seconds_spent = models.FloatField(null=True, blank=True)
    evidence_pieces = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # of the case; none: the channel cannot say
    evidence_opened = models.PositiveSmallIntegerField(null=True, blank=True)  # those that came into view
    evidence_seconds = models.FloatField(null=True, blank=True)  # for which any of it was in view
    evidence_hash = models.CharField(max_length=64)  # of what was shown
    idempotency_key = models.CharField(max_length=255, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)  # process time
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("task", "received_at")
        constraints = (
            models.UniqueConstraint(
                fields=("task", "seat"), condition=Q(taken_back_at__isnull=True), name="decision_one_stands"
            ),
            models.UniqueConstraint(
                fields=("task", "by"), condition=Q(taken_back_at__isnull=True), name="decision_once_by_each"
            ),
            models.UniqueConstraint(
                fields=("task", "by", "idempotency_key"),
                condition=~Q(idempotency_key=""),
                name="decision_key_once",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="decision_taken_back_by_somebody",
            ),
        )
        indexes = (models.Index(fields=("by", "-received_at"), name="decision_by_person"),)

    def __str__(self) -> str:
        return f"{self.outcome} by {self.by}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ValidationError(_("A decision is never changed."))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ValidationError(_("A decision is never deleted."))


class Override(models.Model):
    """A decision that differs from the recommendation, or corrects a field; why, and what that feeds."""

    class AiRight(models.TextChoices):
        UNSAID = "", _lazy("Not said")
        YES = "yes", _lazy("Yes")
        NO = "no", _lazy("No")
        UNSURE = "unsure", _lazy("Cannot say")

    class Severity(models.TextChoices):
        UNSAID = "", _lazy("Not said")
        MINOR = "minor", _lazy("Minor")
        MODERATE = "moderate", _lazy("Moderate")
        SEVERE = "severe", _lazy("Severe")

    class Direction(models.TextChoices):
        SAME = "same", _lazy("The same outcome")  # a field was corrected, or a reason given anyway
        STRICTER = "stricter", _lazy("Stricter than the AI")
        MORE_LENIENT = "lenient", _lazy("More lenient than the AI")
        ASIDE = "aside", _lazy("Another way")

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="override")
    recommendation = models.ForeignKey(
        "orchestration.Recommendation", null=True, blank=True, on_delete=models.PROTECT, related_name="overrides"
    )
    ai_outcome = models.CharField(max_length=100, blank=True)
    ai_confidence = models.FloatField(null=True, blank=True)
    against_ai = models.BooleanField()  # the outcome itself differs, not only a field
    reasons = models.ManyToManyField(OverrideReason, related_name="overrides")
    note = models.TextField(blank=True)
    ai_right_if_known = models.CharField(max_length=6, choices=AiRight, default=AiRight.UNSAID, blank=True)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.UNSAID, blank=True)
    direction = models.CharField(max_length=8, choices=Direction, default="", blank=True)  # empty: before it was kept
    differences = models.JSONField(default=list)  # [{"field", "label", "ai_value", "human_value", "read"}]
    trains = models.BooleanField()  # false when any of the reasons never trains a model

    def __str__(self) -> str:
        return f"Override of {self.ai_outcome or 'no answer'}"

    @property
    def proposed_by(self) -> str:
        """ai, or rules: of an incident. Empty: nothing was proposed."""
        return proposer_of(self)

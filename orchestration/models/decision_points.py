"""Named questions put to AI, what was learned about them, and what was answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestration.models.connections import Connection
from orchestration.models.identity import time_ordered_id
from orchestration.models.runs import Run


class DecisionPoint(models.Model):
    """A named question put to AI."""

    class Kind(models.TextChoices):
        CLASSIFY = "classify"
        RECOMMEND = "recommend"
        WRITE = "write"
        EXTRACT = "extract"

    name = models.SlugField(max_length=100, unique=True)
    title = models.CharField(max_length=200)
    purpose = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    connection = models.ForeignKey(Connection, null=True, blank=True, on_delete=models.PROTECT)
    current = models.ForeignKey(
        "orchestration.DecisionPointVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    training_since = models.DateTimeField(null=True, blank=True, editable=False)  # system time; claims the one training

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.title


class DecisionPointVersion(models.Model):
    """One immutable wording of the question. A run pins the version it asked."""

    point = models.ForeignKey(DecisionPoint, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    prompt = models.TextField()
    outcomes = models.JSONField(default=list)  # [{"id", "label"}]; empty for a text
    answer_schema = models.JSONField(default=dict, blank=True)
    fields = models.JSONField(default=dict, db_default={}, blank=True)  # what is read: {name: JSON Schema}
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("point", "-number")
        constraints = (models.UniqueConstraint(fields=("point", "number"), name="decision_point_version_once"),)

    def __str__(self) -> str:
        return f"{self.point} version {self.number}"


class LearnedModel(models.Model):
    """What was learned from people's decisions, as exported numbers."""

    point = models.ForeignKey(DecisionPoint, on_delete=models.CASCADE, related_name="learned")
    number = models.PositiveIntegerField()
    parameters = models.BinaryField()  # compressed JSON
    labels = models.PositiveIntegerField()
    metrics = models.JSONField(default=dict)
    trained_at = models.DateTimeField()
    current = models.BooleanField(default=False)

    class Meta:
        ordering = ("point", "-number")
        constraints = (
            models.UniqueConstraint(fields=("point", "number"), name="learned_model_number_once"),
            models.UniqueConstraint(fields=("point",), condition=Q(current=True), name="learned_model_one_current"),
        )

    def __str__(self) -> str:
        return f"{self.point} learned {self.number}"


class Recommendation(models.Model):
    """What the AI said, with its whole provenance. Never changed; a decision stands beside it."""

    id = models.UUIDField(primary_key=True, default=time_ordered_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="recommendations")
    path = models.CharField(max_length=255)
    decision_point = models.ForeignKey(DecisionPointVersion, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(default=dict)  # what was asked about; what the learned recommender learns from
    outcome = models.CharField(max_length=100, blank=True)  # empty: no recommendation
    confidence = models.FloatField(null=True, blank=True)  # calibrated, 0 to 1
    agreed = models.PositiveIntegerField(null=True, blank=True)
    sample = models.PositiveIntegerField(null=True, blank=True)
    reasons = models.JSONField(default=list)
    evidence = models.JSONField(default=list)  # [{"source", "quote"}, and of a document "document", "part"]
    would_change = models.TextField(blank=True)
    text = models.TextField(blank=True)
    fields = models.JSONField(default=dict, db_default={})  # what was read: {name: see core/readings.py}
    provenance = models.JSONField(default=dict)
    created_at = models.DateTimeField()  # process time

    class Meta:
        indexes = (models.Index(fields=("run", "path"), name="recommendation_of_step"),)

    def __str__(self) -> str:
        return f"{self.decision_point} {self.outcome or 'none'}"

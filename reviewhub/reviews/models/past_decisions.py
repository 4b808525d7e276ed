"""Decisions from before ReviewHub, brought along so that the recommender does not start from nothing."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class PastDecision(models.Model):
    """What somebody once decided on these facts, at a question that is now a decision point."""

    decision_point = models.CharField(max_length=100)
    reference = models.CharField(max_length=200)  # the case's name where it came from
    facts = models.JSONField()
    outcome = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    decided_at = models.DateTimeField()
    trains = models.BooleanField(default=True)
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.CharField(max_length=150)

    class Meta:
        ordering = ("decision_point", "decided_at", "id")
        constraints = (models.UniqueConstraint(fields=("decision_point", "reference"), name="past_decision_once"),)

    def __str__(self) -> str:
        return f"{self.decision_point} {self.reference}"

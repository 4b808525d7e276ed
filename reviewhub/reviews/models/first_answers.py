"""What somebody said before they saw what the AI says."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from reviewhub.reviews.models.tasks import ReviewTask


class FirstAnswer(models.Model):
    """Where a task hides the AI's answer: the outcome that a reviewer chose first. It is never changed."""

    task = models.ForeignKey(ReviewTask, on_delete=models.CASCADE, related_name="first_answers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="first_answers")
    outcome = models.CharField(max_length=100)
    at = models.DateTimeField()  # process time

    class Meta:
        constraints = (models.UniqueConstraint(fields=("task", "by"), name="first_answer_once"),)

    def __str__(self) -> str:
        return f"{self.outcome} by {self.by}"

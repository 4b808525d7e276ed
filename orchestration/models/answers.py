"""What tools have answered, for steps that say how long an answer is good for."""

from __future__ import annotations

from django.db import models

from orchestration.models.runs import Run


class KeptAnswer(models.Model):
    """One answer of a tool that only looks something up. Two for the same are no harm: the newest counts."""

    key = models.CharField(max_length=64)  # digest of the tool, its version and what it was asked
    tool = models.CharField(max_length=150)
    result = models.JSONField(null=True, blank=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="kept_answers")  # in which it was asked
    answered_at = models.DateTimeField()  # process time
    expires_at = models.DateTimeField()  # process time

    class Meta:
        indexes = (
            models.Index(fields=("key", "-answered_at"), name="kept_answer_newest"),
            models.Index(fields=("expires_at",), name="kept_answer_expiry"),
        )

    def __str__(self) -> str:
        return f"{self.tool} at {self.answered_at:%Y-%m-%d %H:%M}"

"""Values that are too large to go along with every event of a run."""

from __future__ import annotations

from django.db import models

from orchestration.models.runs import Run


class LargeValue(models.Model):
    """One value of one run, kept once and named by its digest wherever it stands. May be erased, never changed."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="large_values")
    digest = models.CharField(max_length=64)  # SHA-256 of the body
    body = models.TextField()  # canonical JSON

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "digest"), name="large_value_once"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.digest[:12]}"

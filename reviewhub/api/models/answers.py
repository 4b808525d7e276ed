"""Answers that are kept, so that a request sent twice acts once."""

from __future__ import annotations

from django.db import models


class IdempotentAnswer(models.Model):
    """The answer to the first request under a key. Instants are system time."""

    owner = models.CharField(max_length=50)  # token:<id> or person:<id>
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # of method, address and body
    started_at = models.DateTimeField()  # also the fence: whoever takes over writes a later one
    status = models.PositiveSmallIntegerField(null=True, blank=True)  # none while the first request is under way
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("owner", "key"), name="idempotent_answer_key_once"),)
        indexes = (models.Index(fields=("started_at",), name="idempotent_answer_age"),)

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"

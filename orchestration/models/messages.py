"""What has to leave the database, and signs of life."""

from __future__ import annotations

from django.db import models


class OutboxMessage(models.Model):
    """A message that commits with the change that caused it and is removed once it was sent."""

    topic = models.CharField(max_length=60)
    key = models.CharField(max_length=300)  # the receiver's idempotency key
    payload = models.JSONField()
    available_at = models.DateTimeField(db_index=True)  # system time; a claim moves it into the future
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("topic", "key"), name="outbox_key_once"),)

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class Heartbeat(models.Model):
    """The last sign of life of a process's part, for readiness."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()  # system time

    def __str__(self) -> str:
        return self.name

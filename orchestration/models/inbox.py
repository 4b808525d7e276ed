"""What is told to runs: events as they were received, and what each run has taken of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orchestration.models.runs import Run


class ReceivedEvent(models.Model):
    """An event that somebody sent, kept so that a wait which is armed later finds it. The same one counts once."""

    name = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    event_id = models.CharField(max_length=255)
    payload = models.JSONField()
    sender = models.CharField(max_length=150)  # the label of who sent it
    received_at = models.DateTimeField()  # process time
    stored_at = models.DateTimeField()  # system time: how long it is kept counts from here
    refusals = models.JSONField(
        default=list
    )  # workflows that it should have started: [{"workflow", "message", "faults"}]
    refused_at = models.DateTimeField(null=True, blank=True)  # process time; until somebody has seen to the refusals

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "event_id"), name="received_event_once"),)
        indexes = (
            models.Index(fields=("name", "key", "received_at", "id"), name="received_event_by_key"),
            models.Index(fields=("stored_at",), name="received_event_by_age"),
            models.Index(fields=("id",), condition=Q(refused_at__isnull=False), name="received_event_refused"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.event_id}"


class InboxMessage(models.Model):
    """Something that was told to a run and has been taken by it, once."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="inbox")
    source = models.CharField(max_length=300)  # event:<name>, child:<path>
    dedupe_key = models.CharField(max_length=255)
    taken_at = models.DateTimeField()  # process time

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "source", "dedupe_key"), name="inbox_message_once"),)
        indexes = (models.Index(fields=("dedupe_key", "source"), name="inbox_message_by_key"),)

    def __str__(self) -> str:
        return f"{self.run_id} {self.source} {self.dedupe_key}"
